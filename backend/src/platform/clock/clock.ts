import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';

/** Time and ids are injected, so that tests decide both. Leases never use this clock: they use the database's. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
  /** Milliseconds that only grow; for deadlines and durations. */
  monotonic(): number {
    return performance.now();
  }
  /** Resolves after `ms`, or rejects as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = () => {
        clearTimeout(timer);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}

/** Time-ordered ids (UUIDv7). */
@Injectable()
export class Ids {
  next(): string {
    return v7();
  }
}
