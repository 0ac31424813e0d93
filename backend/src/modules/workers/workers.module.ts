import { Module } from '@nestjs/common';
import { QueuesController } from './queues.controller.js';
import { QueuesService } from './queues.service.js';
import { WorkersController } from './workers.controller.js';
import { WorkersService } from './workers.service.js';

/** Owns queue_controls. In: what the processes wrote about themselves. Out: who works, how much waits, and a hold on it. */
@Module({
  controllers: [WorkersController, QueuesController],
  providers: [WorkersService, QueuesService],
  exports: [QueuesService],
})
export class WorkersModule {}
