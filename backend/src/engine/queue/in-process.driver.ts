import { Injectable } from '@nestjs/common';
import { type Nudge, QueuePort } from './queue.port.js';

/** Producer and worker are one process: a nudge is a call on the next turn of the event loop. */
@Injectable()
export class InProcessDriver extends QueuePort {
  private onNudge?: (nudge: Nudge) => void;

  nudge(nudge: Nudge): void {
    setImmediate(() => this.onNudge?.(nudge));
  }

  async consume(onNudge: (nudge: Nudge) => void): Promise<void> {
    this.onNudge = onNudge;
  }

  async stop(): Promise<void> {
    this.onNudge = undefined;
  }
}
