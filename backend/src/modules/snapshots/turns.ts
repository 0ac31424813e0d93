import { setImmediate } from 'node:timers/promises';

/** Long enough to be worth the pause, short enough that no other request feels it. */
const turnMs = 5;

/** Work in a row, which lets everything else in this process have its turn now and then. */
export class Turns {
  private since = performance.now();

  async next(): Promise<void> {
    if (performance.now() - this.since < turnMs) return;
    await setImmediate();
    this.since = performance.now();
  }
}
