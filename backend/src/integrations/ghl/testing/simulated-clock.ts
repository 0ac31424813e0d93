import { Clock } from '../../../platform/clock/clock.js';

interface Timer {
  at: number;
  ring: () => void;
}

/** Time that moves only when everything that can happen now has happened; `busy` says what else must have. */
export class SimulatedClock extends Clock {
  #now = 0;
  #timers: Timer[] = [];

  constructor(private readonly busy: () => boolean = () => false) {
    super();
  }

  override monotonic(): number {
    return this.#now;
  }

  override now(): Date {
    return new Date(this.#now);
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const timer = { at: this.#now + ms, ring: resolve };
      const after = this.#timers.findIndex(({ at }) => at > timer.at);
      this.#timers.splice(after < 0 ? this.#timers.length : after, 0, timer);
      const stop = () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Until it is done, or for so long. */
  async run(done: () => boolean, forMs = Infinity): Promise<void> {
    const end = this.#now + forMs;
    for (;;) {
      await this.#settled();
      if (done()) return;
      const next = this.#timers[0];
      if (!next || next.at > end) return void (this.#now = Math.max(this.#now, end === Infinity ? 0 : end));
      this.#now = Math.max(this.#now, next.at);
      this.#timers.shift();
      next.ring();
    }
  }

  pass(ms: number): Promise<void> {
    return this.run(() => false, ms);
  }

  async #settled(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.busy());
  }
}
