import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { QueueLane } from '../../engine/queue/queue.schema.js';
import { Allow, By, type Principal, Returns } from '../../platform/http/index.js';
import { QueuesService } from './queues.service.js';
import { QueueView } from './workers.schema.js';

@ApiTags('workers')
@Controller('queues')
export class QueuesController {
  constructor(private readonly queues: QueuesService) {}

  @Post(':queue/pause')
  @Allow('queues.control')
  @Returns(200, QueueView)
  pauseQueue(@By() by: Principal, @Param('queue', { schema: QueueLane }) queue: QueueLane) {
    return this.queues.set(by, queue, 'paused');
  }

  @Post(':queue/drain')
  @Allow('queues.control')
  @Returns(200, QueueView)
  drainQueue(@By() by: Principal, @Param('queue', { schema: QueueLane }) queue: QueueLane) {
    return this.queues.set(by, queue, 'draining');
  }

  @Post(':queue/resume')
  @Allow('queues.control')
  @Returns(200, QueueView)
  resumeQueue(@By() by: Principal, @Param('queue', { schema: QueueLane }) queue: QueueLane) {
    return this.queues.set(by, queue, 'running');
  }
}
