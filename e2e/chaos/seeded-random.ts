import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** The same seed draws the same numbers: a failing run can be repeated. */
export class SeededRandom {
  private drawn = 0;

  constructor(readonly seed: string) {}

  /** In [0, 1). */
  next(): number {
    const digest = createHash('sha256').update(`${this.seed}:${this.drawn++}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  oneOf<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.next() * items.length)];
  }

  pause(minMs: number, maxMs: number): Promise<void> {
    return wait(this.between(minMs, maxMs));
  }
}
