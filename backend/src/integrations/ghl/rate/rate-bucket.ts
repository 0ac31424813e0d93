import type { RateAnswer } from './rate-answer.js';
import {
  aheadMs,
  aheadOutOfTurnMs,
  beat,
  burst,
  type GhlLane,
  lanes,
  lookAgainMs,
  type RateRules,
  trustedAfterMs,
  type Wants,
  weights,
} from './rate-rules.js';

const dayMs = 86_400_000;

/** A slot that was given: what its answer is read against. */
export interface Grant {
  id: string;
  lane: GhlLane;
  /** Milliseconds until it may be used. */
  startsIn: number;
  startsAt: number;
  /** Slots in use with this one, and all ever given, when it was given. */
  used: number;
  granted: number;
}

export interface Ruling {
  grants: Grant[];
  /** What is known of HighLevel's window. */
  max: number;
  windowMs: number;
  /** For each lane that got less than it wants: until its next slot, as things stand. */
  nextIn: Partial<Record<GhlLane, number>>;
  /** Between two calls when all are spread evenly. */
  apart: number;
  /** When to ask again. */
  lookIn?: number;
  /** The day's calls are used up; until it ends. */
  dayOverIn?: number;
  /** Given without the shared books, because they cannot be reached. */
  isAlone?: boolean;
}

/** What a forecast is made from. */
export interface RateView {
  /** When each slot in use comes free, from now, in order. */
  frees: number[];
  allowed: number;
  windowMs: number;
  pausedFor: number;
  /** Until the next call of a lane may be sent, as far as spreading goes. */
  pacedFor: Record<GhlLane, number>;
  apart: number;
  waiting: number;
}

/** A 429 that lowered the limit. */
export interface RateIncident {
  limit: number;
  pausedForMs: number;
}

interface State {
  max: number;
  limit: number;
  loweredAt: number;
  windowMs: number;
  others: number;
  othersUntil: number;
  heard: boolean;
  /** Answers since the books began: calls that HighLevel surely counted. */
  answered: number;
  /** Slots that were in use before the books began, and are in them. One that begins later takes the place of another. */
  known: number;
  began: number;
  granted: number;
  pausedUntil: number;
  refusedAt: number;
  dayLeft: number;
  dayEndsAt: number;
  /** When the next call is due if all calls are spread evenly. */
  dueAt: number;
  virtual: number;
  finish: Wants;
  waitsUntil: Wants;
}

/**
 * The books of one resource: which slots are in use until when, and what HighLevel's headers said. The same rules are
 * written again in `rate-scripts.ts`, for the books that processes share; `rate-ledger.contract.ts` holds both together.
 * Time is given with every question, in milliseconds of any clock that only grows.
 */
export class RateBucket {
  readonly #slots = new Map<string, number>();
  readonly #state: State;

  constructor(
    private readonly rules: RateRules,
    began: number,
    inUse: Iterable<readonly [id: string, freeAt: number]> = [],
  ) {
    this.#slots = new Map(inUse);
    this.#state = {
      max: rules.limit,
      limit: rules.limit,
      loweredAt: 0,
      windowMs: rules.windowMs,
      others: 0,
      othersUntil: 0,
      heard: false,
      answered: 0,
      known: [...this.#slots.values()].filter((freeAt) => freeAt <= began + rules.countedWithinMs + rules.windowMs)
        .length,
      began,
      granted: 0,
      pausedUntil: 0,
      refusedAt: -1,
      dayLeft: rules.perDay,
      dayEndsAt: began + dayMs,
      dueAt: 0,
      virtual: 0,
      finish: { priority: 0, default: 0, bulk: 0 },
      waitsUntil: { priority: 0, default: 0, bulk: 0 },
    };
  }

  ask(now: number, wants: Wants, nameNext: () => string): Ruling {
    this.#bringUpTo(now);
    const state = this.#state;
    const { max, windowMs } = state;
    const ruling: Ruling = { grants: [], nextIn: {}, apart: this.#apart(now), max, windowMs };
    const left = { ...wants };
    const hopeful = new Set(lanes.filter((lane) => left[lane] > 0));
    while (hopeful.size > 0) {
      if (state.dayLeft <= 0) return { ...ruling, dayOverIn: state.dayEndsAt - now };
      const lane = this.#turn([...hopeful]);
      const startsAt = Math.max(this.#freeAt(now), this.#pacedUntil(lane));
      const early = this.#isOutOfTurn(lane, now) ? aheadOutOfTurnMs : aheadMs[lane];
      if (startsAt - now > early) {
        hopeful.delete(lane);
        ruling.nextIn[lane] = startsAt - now;
        const lookIn = Math.min(Math.max(startsAt - now - early, 1), lookAgainMs);
        ruling.lookIn = Math.min(ruling.lookIn ?? lookIn, lookIn);
        state.waitsUntil[lane] = now + lookIn + 100;
        continue;
      }
      ruling.grants.push(this.#grant(now, lane, startsAt, nameNext()));
      if (--left[lane] === 0) hopeful.delete(lane);
    }
    return ruling;
  }

  /** The answer is there. Says so when it is a 429 that lowered the limit. */
  settle(now: number, grant: Grant, answer: RateAnswer): RateIncident | undefined {
    this.#bringUpTo(now);
    const state = this.#state;
    const { refused, max, windowMs, remaining, dayLeft } = answer;
    if (windowMs) state.windowMs = windowMs;
    // Only an answer proves that the call has been counted by now.
    const freeAt = this.#slots.get(grant.id);
    if (freeAt !== undefined) this.#slots.set(grant.id, Math.min(freeAt, now + state.windowMs));
    if (max && max !== state.max) {
      state.limit = Math.min(max, state.limit < state.max ? state.limit : max);
      state.max = max;
    }
    state.answered++;
    if (this.#isOfTheseBooks(grant)) state.heard = true;
    if (remaining !== undefined) this.#suspectOthers(now, grant, remaining);
    if (dayLeft !== undefined) state.dayLeft = dayLeft;
    if (dayLeft === 0) state.dayEndsAt = now + (answer.dayResetMs ?? 3_600_000);
    if (!refused) return undefined;
    state.pausedUntil = Math.max(state.pausedUntil, now + Math.max(state.windowMs, answer.retryAfterMs ?? 0));
    // One incident is one step down, however many calls were already on their way.
    if (grant.startsAt <= state.refusedAt) return undefined;
    state.limit = Math.max(1, Math.floor(this.#limitNow(now) / 2));
    state.loweredAt = state.refusedAt = now;
    return { limit: state.limit, pausedForMs: state.pausedUntil - now };
  }

  /** The call was not sent: the slot is as good as new. */
  giveBack(id: string): void {
    if (this.#slots.delete(id)) this.#state.dayLeft++;
  }

  look(now: number, waiting: number): RateView {
    this.#bringUpTo(now);
    const until = (at: number) => Math.max(0, at - now);
    return {
      frees: this.#frees().map(until),
      allowed: this.#allowed(now),
      windowMs: this.#state.windowMs,
      pausedFor: until(this.#state.pausedUntil),
      pacedFor: { priority: 0, default: until(this.#pacedUntil('default')), bulk: until(this.#pacedUntil('bulk')) },
      apart: this.#apart(now),
      waiting,
    };
  }

  /** Nothing here that would be missed: what HighLevel counts is learned anew from the next answer. */
  isIdle(now: number): boolean {
    this.#bringUpTo(now);
    const { limit, max, pausedUntil, dayLeft } = this.#state;
    return this.#slots.size === 0 && limit === max && pausedUntil <= now && dayLeft > 0;
  }

  #bringUpTo(now: number): void {
    const state = this.#state;
    for (const [id, freeAt] of this.#slots) if (freeAt <= now) this.#slots.delete(id);
    // After a 429 a hundredth of the limit comes back per window: one slot of HighLevel's 100.
    const windows = Math.max(0, Math.floor((now - state.loweredAt) / state.windowMs));
    state.limit = Math.min(state.max, state.limit + windows * Math.ceil(state.max / 100));
    state.loweredAt += windows * state.windowMs;
    if (state.dayEndsAt > now) return;
    state.dayLeft = this.rules.perDay;
    state.dayEndsAt += (1 + Math.floor((now - state.dayEndsAt) / dayMs)) * dayMs;
  }

  /**
   * `Remaining` below our own count means that somebody else spends. Our own is what we may have sent in the window;
   * in young books only what was answered, because they may not know everything that was sent.
   */
  #suspectOthers(now: number, grant: Grant, remaining: number): void {
    const state = this.#state;
    if (this.rules.sharedBy > 1) return; // the others are processes of our own
    const young = !this.#isTrusted(now);
    if (young && (state.known >= this.rules.blindCalls || !this.#isOfTheseBooks(grant))) return;
    const ours = young ? state.answered : grant.used + state.granted - grant.granted;
    state.others = Math.max(0, state.max - remaining - ours);
    state.othersUntil = now + state.windowMs;
  }

  /** Was it given when everybody had brought what they hold? */
  #isOfTheseBooks({ startsAt }: Grant): boolean {
    return startsAt >= this.#state.began + this.rules.gatherMs;
  }

  #limitNow(now: number): number {
    const { limit, max, others, othersUntil } = this.#state;
    const left = Math.min(limit, max - (othersUntil > now ? others : 0));
    return Math.max(1, Math.floor(left / this.rules.sharedBy));
  }

  #trustedAt(): number {
    return this.#state.began + trustedAfterMs(this.#state.windowMs, this.rules);
  }

  #isTrusted(now: number): boolean {
    return now >= this.#trustedAt();
  }

  /**
   * How many slots may be in use. Books that have just begun (after a start, or after Redis lost them) do not know all
   * that HighLevel counts: until it has forgotten the rest, only as many slots are used as were brought along.
   */
  #allowed(now: number): number {
    const { known, began, heard } = this.#state;
    const limit = this.#limitNow(now);
    if (this.#isTrusted(now)) return limit;
    if (known >= this.rules.blindCalls || now < began + this.rules.gatherMs) return Math.min(limit, known);
    return heard ? limit : Math.min(limit, this.rules.blindCalls);
  }

  #frees(): number[] {
    return [...this.#slots.values()].sort((a, b) => a - b);
  }

  #freeAt(now: number): number {
    const allowed = this.#allowed(now);
    const tooMany = this.#slots.size - allowed;
    const free = tooMany < 0 ? now : allowed === 0 ? this.#opensAt() : this.#frees()[tooMany]!;
    return Math.max(free, this.#state.pausedUntil, now);
  }

  #opensAt(): number {
    return this.#state.known >= this.rules.blindCalls ? this.#trustedAt() : this.#state.began + this.rules.gatherMs;
  }

  /** Spread evenly, all slots are given in this time. */
  #round(): number {
    return beat * (this.#state.windowMs + this.rules.countedWithinMs);
  }

  #apart(now: number): number {
    return this.#round() / this.#limitNow(now);
  }

  #pacedUntil(lane: GhlLane): number {
    return burst[lane] === Infinity ? 0 : this.#state.dueAt - burst[lane] * this.#round();
  }

  /** Start-time fair queueing: the lane that has had least for its weight; a lane that comes back starts level. */
  #tag(lane: GhlLane): number {
    return Math.max(this.#state.virtual, this.#state.finish[lane]);
  }

  #turn(among: GhlLane[]): GhlLane {
    return among.reduce((first, lane) => (this.#tag(lane) < this.#tag(first) ? lane : first));
  }

  /** Does a lane wait, in any process, that should be served before this one? */
  #isOutOfTurn(lane: GhlLane, now: number): boolean {
    const waiting = lanes.filter((other) => other === lane || this.#state.waitsUntil[other] > now);
    return this.#turn(waiting) !== lane;
  }

  #grant(now: number, lane: GhlLane, startsAt: number, id: string): Grant {
    const state = this.#state;
    this.#slots.set(id, startsAt + this.rules.countedWithinMs + state.windowMs);
    state.granted++;
    state.dayLeft--;
    state.dueAt = Math.max(state.dueAt, startsAt) + this.#apart(now);
    state.virtual = this.#tag(lane);
    state.finish[lane] = state.virtual + 1 / weights[lane];
    return { id, lane, startsAt, startsIn: startsAt - now, used: this.#slots.size, granted: state.granted };
  }
}
