import type { Clock } from '../../../platform/clock/clock.js';
import type { RateAnswer } from './rate-answer.js';
import { type Grant, RateBucket, type RateIncident, type RateView, type Ruling } from './rate-bucket.js';
import { RateLedger } from './rate-ledger.js';
import { rateRules, type RateRules, type Wants } from './rate-rules.js';

/** Every sub-account has a bucket; from this number on the idle ones are forgotten. */
const keptBuckets = 1_000;

/** The books of a process that is alone. */
export class MemoryRateLedger extends RateLedger {
  readonly #buckets = new Map<string, RateBucket>();
  readonly #rules: RateRules;
  readonly #began: number;
  #named = 0;

  constructor(
    private readonly clock: Clock,
    rules: Partial<RateRules> = {},
  ) {
    super();
    this.#rules = rateRules(rules);
    this.#began = clock.monotonic();
  }

  override async ask(resource: string, wants: Wants): Promise<Ruling> {
    return this.#bucket(resource).ask(this.clock.monotonic(), wants, () => String(++this.#named));
  }

  override async settle(resource: string, grant: Grant, answer: RateAnswer): Promise<RateIncident | undefined> {
    return this.#bucket(resource).settle(this.clock.monotonic(), grant, answer);
  }

  override async giveBack(resource: string, { id }: Grant): Promise<void> {
    this.#bucket(resource).giveBack(id);
  }

  override async look(resource: string, waitingHere: number): Promise<RateView> {
    return this.#bucket(resource).look(this.clock.monotonic(), waitingHere);
  }

  #bucket(resource: string): RateBucket {
    const known = this.#buckets.get(resource);
    if (known) return known;
    if (this.#buckets.size >= keptBuckets) this.#forgetIdle();
    const bucket = new RateBucket(this.#rules, this.#began);
    this.#buckets.set(resource, bucket);
    return bucket;
  }

  #forgetIdle(): void {
    const now = this.clock.monotonic();
    for (const [resource, bucket] of this.#buckets) if (bucket.isIdle(now)) this.#buckets.delete(resource);
  }
}
