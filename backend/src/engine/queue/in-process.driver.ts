import { Injectable } from '@nestjs/common';
import { type Nudge, type NudgeConsumer, type QueueLane, QueuePort } from './queue.port.js';

/** Producer and worker are one process: a nudge is a call on the next turn of the event loop. */
@Injectable()
export class InProcessDriver extends QueuePort {
  private consumer?: NudgeConsumer;

  nudge(nudge: Nudge): void {
    setImmediate(() => void this.consumer?.wake(nudge));
  }

  async consume(consumer: NudgeConsumer): Promise<void> {
    this.consumer = consumer;
  }

  async stop(): Promise<void> {
    this.consumer = undefined;
  }

  async depth(): Promise<Record<QueueLane, number>> {
    return { priority: 0, default: 0, bulk: 0 };
  }
}
