import { AppError } from '../../platform/errors/index.js';
import type { Clock } from '../../platform/clock/clock.js';

export interface GhlRateBudgetOptions {
  clock: Clock;
  /** Calls in one window, until HighLevel's headers say otherwise. */
  limit?: number;
  windowMs?: number;
  /** The longest time from taking a slot to HighLevel counting the call: the way there, plus our own lag. */
  countedWithinMs?: number;
  perDay?: number;
}

/** A slot for one call. Settle it when the answer is there, or with nothing when none came. */
export interface GhlRateLease {
  settle(answer?: { status: number; headers: Headers }): void;
}

interface Slot {
  freeAt: number;
}

interface Bucket {
  /** Learned from `X-RateLimit-Max`. */
  max: number;
  /** What we allow ourselves after a 429; grows back to `max`. */
  limit: number;
  loweredAt: number;
  /** Calls in HighLevel's window that are not ours, and until when they can count. */
  others: { count: number; until: number };
  /** Has any answer come yet? */
  heard: boolean;
  windowMs: number;
  slots: Slot[];
  granted: number;
  pausedUntil: number;
  /** When the last 429 arrived that was more than an echo of the one before. */
  refusedAt: number;
  day: { left: number; endsAt: number };
  waiting: { grant: () => void }[];
  alarm?: AbortController;
}

const dayMs = 86_400_000;

/** Calls until the first answer: after a restart HighLevel still counts what this process has forgotten. */
const calledBlindly = 5;

/**
 * The budget of calls per (app, resource): 100 per 10 s and 200,000 per day (marketplace documentation, "Rate
 * limits"). HighLevel does not say how it cuts its windows, so a slot taken at `send` is used again only at
 * min(reply, send + D) + W: whichever way it cuts, no window holds more than the limit, and W / (W + D) of the
 * budget is used. `X-RateLimit-Remaining` is an alarm for others who spend the same budget, not a clock.
 *
 * Owns: the slots of one app in this process. In: a resource's name, answers' headers. Out: permission to send.
 */
export class GhlRateBudget {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #countedWithinMs: number;
  readonly #perDay: number;

  constructor({
    clock,
    limit = 100,
    windowMs = 10_000,
    countedWithinMs = 450,
    perDay = 200_000,
  }: GhlRateBudgetOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#countedWithinMs = countedWithinMs;
    this.#perDay = perDay;
  }

  /** Waits for a slot, first come first served. Rejects with the signal's reason, or `rate-limited` when the day is used up. */
  async acquire(resource: string, signal?: AbortSignal): Promise<GhlRateLease> {
    signal?.throwIfAborted();
    const bucket = this.#bucket(resource);
    this.#checkDay(bucket);
    if (bucket.waiting.length === 0 && this.#isFree(bucket)) return this.#grant(bucket);
    return new Promise<GhlRateLease>((resolve, reject) => {
      const waiter = { grant: () => (signal?.removeEventListener('abort', leave), resolve(this.#grant(bucket))) };
      const leave = () => {
        bucket.waiting.splice(bucket.waiting.indexOf(waiter), 1);
        if (bucket.waiting.length === 0) bucket.alarm?.abort();
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      bucket.waiting.push(waiter);
      this.#wake(bucket);
    });
  }

  /** Milliseconds until the last of so many further calls could be sent, everything already waiting first. */
  forecast(resource: string, calls: number): number {
    const bucket = this.#buckets.get(resource);
    if (calls <= 0) return 0;
    const now = this.#clock.monotonic();
    const limit = bucket ? this.#limitNow(bucket) : this.#limit;
    const cooling = bucket ? this.#inUse(bucket).map((slot) => slot.freeAt - now) : [];
    const frees = [
      ...Array<number>(Math.max(0, limit - cooling.length)).fill(0),
      ...cooling.sort((a, b) => a - b),
    ].slice(-limit);
    const last = calls + (bucket?.waiting.length ?? 0) - 1;
    const rounds = Math.floor(last / limit) * ((bucket?.windowMs ?? this.#windowMs) + this.#countedWithinMs);
    return Math.ceil(Math.max(frees[last % limit]!, (bucket?.pausedUntil ?? 0) - now) + rounds);
  }

  #bucket(resource: string): Bucket {
    const known = this.#buckets.get(resource);
    if (known) return known;
    if (this.#buckets.size >= 1000) this.#forgetIdle();
    const bucket: Bucket = {
      max: this.#limit,
      limit: this.#limit,
      loweredAt: 0,
      others: { count: 0, until: 0 },
      heard: false,
      windowMs: this.#windowMs,
      slots: [],
      granted: 0,
      pausedUntil: 0,
      refusedAt: -1,
      day: { left: this.#perDay, endsAt: this.#clock.monotonic() + dayMs },
      waiting: [],
    };
    this.#buckets.set(resource, bucket);
    return bucket;
  }

  /** Every sub-account has a bucket. A quiet one is learned anew from the next answer's headers. */
  #forgetIdle(): void {
    const now = this.#clock.monotonic();
    for (const [resource, bucket] of this.#buckets) {
      const quiet = bucket.waiting.length === 0 && bucket.pausedUntil <= now && this.#inUse(bucket).length === 0;
      if (quiet && this.#limitNow(bucket) === bucket.max) this.#buckets.delete(resource);
    }
  }

  #grant(bucket: Bucket): GhlRateLease {
    const sentAt = this.#clock.monotonic();
    const slot: Slot = { freeAt: sentAt + this.#countedWithinMs + bucket.windowMs };
    bucket.slots.push(slot);
    bucket.granted++;
    bucket.day.left--;
    const used = bucket.slots.length;
    const grantedThen = bucket.granted;
    let settled = false;
    return {
      settle: (answer) => {
        if (settled) return;
        settled = true;
        if (answer) {
          this.#learn(bucket, answer, { sentAt, ours: used + bucket.granted - grantedThen });
          // Only an answer proves that the call has been counted by now.
          slot.freeAt = Math.min(slot.freeAt, this.#clock.monotonic() + bucket.windowMs);
        }
        this.#wake(bucket);
      },
    };
  }

  #learn(bucket: Bucket, answer: { status: number; headers: Headers }, call: { sentAt: number; ours: number }): void {
    const now = this.#clock.monotonic();
    const read = (name: string) => (answer.headers.has(name) ? Number(answer.headers.get(name)) : Number.NaN);
    const max = read('x-ratelimit-max');
    const interval = read('x-ratelimit-interval-milliseconds');
    const remaining = read('x-ratelimit-remaining');
    const leftToday = read('x-ratelimit-daily-remaining');
    if (interval > 0) bucket.windowMs = interval;
    if (max > 0 && max !== bucket.max) {
      bucket.limit = Math.min(max, bucket.limit < bucket.max ? bucket.limit : max);
      bucket.max = max;
    }
    bucket.heard = true;
    if (remaining >= 0)
      bucket.others = { count: Math.max(0, bucket.max - remaining - call.ours), until: now + bucket.windowMs };
    if (leftToday >= 0) bucket.day.left = leftToday;
    if (leftToday <= 0) bucket.day.endsAt = now + (read('x-ratelimit-daily-reset') || 3_600_000);
    if (answer.status === 429) {
      // One incident is one step down, however many calls were already on their way.
      if (call.sentAt > bucket.refusedAt) {
        bucket.limit = Math.max(1, Math.floor(this.#limitNow(bucket) / 2));
        bucket.loweredAt = bucket.refusedAt = now;
      }
      const told = read('retry-after') * 1000;
      bucket.pausedUntil = Math.max(bucket.pausedUntil, now + Math.max(bucket.windowMs, told || 0));
    }
  }

  /** After a 429 the limit comes back one slot per window; what others spend is theirs for a window. */
  #limitNow(bucket: Bucket): number {
    const now = this.#clock.monotonic();
    const windows = Math.floor((now - bucket.loweredAt) / bucket.windowMs);
    bucket.limit = Math.min(bucket.max, bucket.limit + windows);
    bucket.loweredAt += windows * bucket.windowMs;
    const others = bucket.others.until > now ? bucket.others.count : 0;
    return Math.max(1, Math.min(bucket.limit, bucket.max - others));
  }

  #allowedNow(bucket: Bucket): number {
    return bucket.heard ? this.#limitNow(bucket) : Math.min(calledBlindly, this.#limitNow(bucket));
  }

  #inUse(bucket: Bucket): Slot[] {
    const now = this.#clock.monotonic();
    bucket.slots = bucket.slots.filter((slot) => slot.freeAt > now);
    return bucket.slots;
  }

  #isFree(bucket: Bucket): boolean {
    return bucket.pausedUntil <= this.#clock.monotonic() && this.#inUse(bucket).length < this.#allowedNow(bucket);
  }

  #checkDay(bucket: Bucket): void {
    const now = this.#clock.monotonic();
    if (bucket.day.endsAt <= now) bucket.day = { left: this.#perDay, endsAt: now + dayMs };
    if (bucket.day.left - bucket.waiting.length > 0) return;
    throw new AppError('rate-limited', 'ghl-daily-limit', "Today's budget of HighLevel calls is used up.", {
      retryAfterMs: Math.ceil(bucket.day.endsAt - now),
    });
  }

  /** Serves whoever can be served, and comes back when the next slot is free. */
  #wake(bucket: Bucket): void {
    while (bucket.waiting.length > 0 && this.#isFree(bucket)) bucket.waiting.shift()!.grant();
    bucket.alarm?.abort();
    bucket.alarm = undefined;
    if (bucket.waiting.length === 0) return;
    const now = this.#clock.monotonic();
    const next = Math.max(bucket.pausedUntil, this.#nextFree(bucket, now));
    const alarm = (bucket.alarm = new AbortController());
    this.#clock.sleep(Math.max(1, Math.ceil(next - now)), alarm.signal).then(
      () => this.#wake(bucket),
      () => undefined, // called off: somebody else has already looked
    );
  }

  #nextFree(bucket: Bucket, now: number): number {
    const frees = this.#inUse(bucket).map((slot) => slot.freeAt);
    const slot = frees.sort((a, b) => a - b)[Math.max(0, frees.length - this.#allowedNow(bucket))] ?? now;
    return bucket.others.count > 0 && bucket.others.until > now ? Math.min(slot, bucket.others.until) : slot;
  }
}
