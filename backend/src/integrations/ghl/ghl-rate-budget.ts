import type { Clock } from '../../platform/clock/clock.js';
import { AppError } from '../../platform/errors/index.js';
import { forecastCalls } from './rate/forecast-calls.js';
import { MemoryRateLedger } from './rate/memory-rate-ledger.js';
import { readRateAnswer } from './rate/rate-answer.js';
import type { Grant, RateIncident, Ruling } from './rate/rate-bucket.js';
import type { RateLedger } from './rate/rate-ledger.js';
import { countedWithinMs, type GhlLane, lanes, ourLagMs, type RateRules, type Wants } from './rate/rate-rules.js';

export interface GhlRateAsk {
  lane?: GhlLane;
  signal?: AbortSignal;
  /** Refused as soon as it is known to take longer. */
  withinMs?: number;
}

/** A slot for one call. */
export interface GhlRateLease {
  /** Too much time has gone by since it was given: HighLevel would count the call when the slot is another's. */
  isLate(): boolean;
  /** When the answer is there, or with nothing when none came. */
  settle(answer?: { status: number; headers: Headers }): void;
  /** The call was not sent. */
  giveBack(): void;
}

export interface GhlRateIncident extends RateIncident {
  resource: string;
}

interface Waiter {
  lane: GhlLane;
  until: number;
  receive(lease: GhlRateLease, startsIn: number): void;
  refuse(error: Error): void;
}

/** Those who wait for one resource in this process; first come first served in each lane. */
class Line {
  readonly waiters: Record<GhlLane, Waiter[]> = { priority: [], default: [], bulk: [] };
  isAsking = false;
  askAgain = false;
  alarm?: AbortController;

  get wants(): Wants {
    const { priority, default: single, bulk } = this.waiters;
    return { priority: priority.length, default: single.length, bulk: bulk.length };
  }
  get all(): Waiter[] {
    return lanes.flatMap((lane) => this.waiters[lane]);
  }
  remove(waiter: Waiter): boolean {
    const place = this.waiters[waiter.lane].indexOf(waiter);
    if (place >= 0) this.waiters[waiter.lane].splice(place, 1);
    return place >= 0;
  }
}

/** While Redis is away nobody's page waits longer for a slot of this process. */
const patienceAloneMs = 1_000;

export interface GhlRateBudgetOptions {
  clock: Clock;
  ledger: RateLedger;
  countedWithinMs?: number;
}

/**
 * The budget of calls per (app, resource): 100 per 10 s and 200,000 per day (marketplace documentation, "Rate
 * limits"). HighLevel does not say how it cuts its windows, so a slot taken at `send` is used again only at
 * min(reply, send + D) + W: whichever way it cuts, no window holds more than the limit, and W / (W + D) of the
 * budget is used. `X-RateLimit-Remaining` is an alarm for others who spend the same budget, not a clock.
 *
 * Owns: who waits in this process. In: a resource's name, answers' headers. Out: permission to send, as the ledger
 * gives it: the books of this process, or those that all processes share.
 */
export class GhlRateBudget {
  readonly #lines = new Map<string, Line>();
  readonly #clock: Clock;
  readonly #ledger: RateLedger;
  readonly #countedWithinMs: number;
  readonly #listeners: ((incident: GhlRateIncident) => void)[] = [];

  constructor(options: GhlRateBudgetOptions) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#countedWithinMs = options.countedWithinMs ?? countedWithinMs;
  }

  /** For a process that is alone. */
  static inMemory(clock: Clock, rules: Partial<RateRules> = {}): GhlRateBudget {
    const ledger = new MemoryRateLedger(clock, rules);
    return new GhlRateBudget({ clock, ledger, countedWithinMs: rules.countedWithinMs });
  }

  /** Waits for a slot. Rejects with the signal's reason, or `rate-limited` when it would take too long. */
  async acquire(resource: string, { lane = 'default', signal, withinMs = Infinity }: GhlRateAsk = {}) {
    signal?.throwIfAborted();
    const line = this.#line(resource);
    return new Promise<GhlRateLease>((resolve, reject) => {
      const leave = () => {
        line.remove(waiter);
        reject(signal!.reason as Error);
      };
      const end = <Value>(how: (value: Value) => void, value: Value) => {
        signal?.removeEventListener('abort', leave);
        how(value);
      };
      const waiter: Waiter = {
        lane,
        until: this.#clock.monotonic() + withinMs,
        receive: (lease, startsIn) => {
          if (startsIn <= 0) return end(resolve, lease);
          this.#clock.sleep(startsIn, signal).then(
            () => end(resolve, lease),
            () => lease.giveBack(), // `leave` has told why
          );
        },
        refuse: (error) => end(reject, error),
      };
      signal?.addEventListener('abort', leave, { once: true });
      line.waiters[lane].push(waiter);
      // Those behind the first are asked for with the next look, which is arranged already; people do not wait for it.
      if (lane === 'priority' || !line.alarm || line.waiters[lane].length === 1) this.#serve(resource, line);
    });
  }

  /** Milliseconds until the last of so many further calls could be sent, everything already waiting first. */
  async forecast(resource: string, calls: number, lane: GhlLane = 'default'): Promise<number> {
    const waiting = this.#lines.get(resource)?.all.length ?? 0;
    return forecastCalls(await this.#ledger.look(resource, waiting), calls, lane, this.#countedWithinMs);
  }

  /** HighLevel answered 429, although we count. Told once for all that were on their way together. */
  onIncident(listener: (incident: GhlRateIncident) => void): void {
    this.#listeners.push(listener);
  }

  #line(resource: string): Line {
    const line = this.#lines.get(resource) ?? new Line();
    this.#lines.set(resource, line);
    return line;
  }

  #serve(resource: string, line: Line): void {
    line.askAgain = true;
    if (line.isAsking) return;
    line.isAsking = true;
    void this.#askWhileAnybodyWaits(resource, line).finally(() => {
      line.isAsking = false;
      if (line.all.length === 0) this.#lines.delete(resource);
      else if (line.askAgain) this.#serve(resource, line);
    });
  }

  async #askWhileAnybodyWaits(resource: string, line: Line): Promise<void> {
    while (line.askAgain && line.all.length > 0) {
      line.askAgain = false;
      line.alarm?.abort();
      line.alarm = undefined;
      const askedAt = this.#clock.monotonic();
      const ruling = await this.#ledger.ask(resource, line.wants);
      for (const grant of ruling.grants) this.#hand(resource, line, grant, askedAt);
      this.#refuseHopeless(line, ruling);
      if (line.all.length > 0) this.#lookAgainIn(resource, line, ruling.lookIn ?? 1);
    }
  }

  #hand(resource: string, line: Line, grant: Grant, askedAt: number): void {
    const lease = this.#lease(resource, grant, askedAt);
    const waiter = line.waiters[grant.lane].shift();
    if (waiter) waiter.receive(lease, grant.startsIn);
    else lease.giveBack(); // whoever it was for has left meanwhile
  }

  #lease(resource: string, grant: Grant, askedAt: number): GhlRateLease {
    // The slot began after we asked for it, however long the answer was on its way to us.
    const lateAt = askedAt + grant.startsIn + ourLagMs(this.#countedWithinMs);
    let isOpen = true;
    const close = (act: () => Promise<void>) => {
      if (!isOpen) return;
      isOpen = false;
      void act().finally(() => {
        const line = this.#lines.get(resource);
        if (line) this.#serve(resource, line);
      });
    };
    return {
      isLate: () => this.#clock.monotonic() > lateAt,
      giveBack: () => close(() => this.#ledger.giveBack(resource, grant)),
      settle: (answer) =>
        close(async () => {
          if (!answer) return;
          const incident = await this.#ledger.settle(resource, grant, readRateAnswer(answer));
          if (incident) for (const tell of this.#listeners) tell({ resource, ...incident });
        }),
    };
  }

  #refuseHopeless(line: Line, { nextIn, apart, dayOverIn, isAlone }: Ruling): void {
    const now = this.#clock.monotonic();
    for (const lane of lanes) {
      if (dayOverIn === undefined && nextIn[lane] === undefined) continue;
      [...line.waiters[lane]].forEach((waiter, place) => {
        const wait = (nextIn[lane] ?? 0) + place * apart;
        const patience = isAlone && lane === 'priority' ? patienceAloneMs : Infinity;
        if (dayOverIn === undefined && wait <= Math.min(waiter.until - now, patience)) return;
        line.remove(waiter);
        waiter.refuse(dayOverIn === undefined ? budgetSpent(wait) : dayIsOver(dayOverIn));
      });
    }
  }

  #lookAgainIn(resource: string, line: Line, ms: number): void {
    const alarm = (line.alarm = new AbortController());
    this.#clock.sleep(Math.ceil(ms), alarm.signal).then(
      () => this.#serve(resource, line),
      () => undefined, // called off: somebody else has already looked
    );
  }
}

const budgetSpent = (retryAfterMs: number) =>
  new AppError('rate-limited', 'ghl-budget-spent', 'The budget of HighLevel calls is spent for now.', {
    retryAfterMs: Math.ceil(retryAfterMs),
  });

const dayIsOver = (retryAfterMs: number) =>
  new AppError('rate-limited', 'ghl-daily-limit', "Today's budget of HighLevel calls is used up.", {
    retryAfterMs: Math.ceil(retryAfterMs),
  });
