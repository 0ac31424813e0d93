import type { Clock } from '../../../platform/clock/clock.js';
import type { Ruling } from './rate-bucket.js';
import type { RateRules } from './rate-rules.js';

interface Held {
  max: number;
  windowMs: number;
  slots: Map<string, number>;
}

/** What this process was given and HighLevel may still count, by this process' own time: what is left when Redis is not. */
export class HeldSlots {
  readonly #byResource = new Map<string, Held>();

  constructor(
    private readonly clock: Clock,
    private readonly rules: RateRules,
  ) {}

  add(resource: string, { grants, max, windowMs }: Ruling): void {
    if (grants.length === 0) return;
    const held = this.of(resource);
    Object.assign(held, { max, windowMs });
    const now = this.clock.monotonic();
    for (const { id, startsIn } of grants) held.slots.set(id, now + startsIn + this.rules.countedWithinMs + windowMs);
    this.#byResource.set(resource, held);
  }

  /** Answered: HighLevel has counted it by now. */
  settle(resource: string, id: string): void {
    const held = this.#byResource.get(resource);
    const freeAt = held?.slots.get(id);
    if (freeAt !== undefined) held!.slots.set(id, Math.min(freeAt, this.clock.monotonic() + held!.windowMs));
  }

  remove(resource: string, id: string): void {
    this.#byResource.get(resource)?.slots.delete(id);
  }

  of(resource: string): Held {
    const { limit: max, windowMs } = this.rules;
    return this.#byResource.get(resource) ?? { max, windowMs, slots: new Map() };
  }

  *all(): Generator<[resource: string, slots: { id: string; leftMs: number }[]]> {
    this.forgetOver();
    const now = this.clock.monotonic();
    for (const [resource, { slots }] of this.#byResource)
      yield [resource, [...slots].map(([id, freeAt]) => ({ id, leftMs: freeAt - now }))];
  }

  forgetOver(): void {
    const now = this.clock.monotonic();
    for (const [resource, { slots }] of this.#byResource) {
      for (const [id, freeAt] of slots) if (freeAt <= now) slots.delete(id);
      if (slots.size === 0) this.#byResource.delete(resource);
    }
  }
}
