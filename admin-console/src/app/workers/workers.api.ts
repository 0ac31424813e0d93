import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { drainQueue } from '../api/fn/workers/drain-queue';
import { pauseQueue } from '../api/fn/workers/pause-queue';
import { resumeQueue } from '../api/fn/workers/resume-queue';
import type { Queue, QueueName } from '../api/models';

export type QueueAction = 'pause' | 'drain' | 'resume';
const CALLS = { pause: pauseQueue, drain: drainQueue, resume: resumeQueue };

@Service()
export class WorkersApi {
  private readonly api = inject(Api);

  turn(queue: QueueName, action: QueueAction): Promise<Queue> {
    return this.api.invoke(CALLS[action], { queue });
  }
}
