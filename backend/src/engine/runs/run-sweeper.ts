import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { QueuePort } from '../queue/queue.port.js';
import { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { RunStore } from './run-store.js';

const overdueMs = 5_000;
const atOnce = 500;

/** Rings again for runs that are due and that nobody took: the nudge was lost, or the holder died. */
@Injectable()
export class RunSweeper {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly store: RunStore,
    private readonly queue: QueuePort,
    private readonly log: Log,
    @Inject(ENGINE_TIMES) private readonly times: EngineTimes,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.sweep(), this.times.sweepMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    try {
      for (const { runId, fence, queue } of await this.store.overdue(overdueMs, atOnce))
        this.queue.nudge({ runId, fence, lane: queue });
    } catch (error) {
      this.log.warn('Could not sweep for overdue runs', { error });
    }
  }
}
