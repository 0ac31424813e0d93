/** Whose call it is: a person's who waits for the answer, a single job's, or one of a thousand jobs'. */
export type GhlLane = 'priority' | 'default' | 'bulk';

/** In order of preference. */
export const lanes = ['priority', 'default', 'bulk'] as const satisfies GhlLane[];

export type Wants = Record<GhlLane, number>;

export interface RateRules {
  /** Calls in one window, until HighLevel's headers say otherwise. */
  limit: number;
  windowMs: number;
  perDay: number;
  /** D: the longest time from a slot's beginning to HighLevel counting the call. */
  countedWithinMs: number;
  /** How long after the books began nobody else can still know of calls that are not in them. */
  gatherMs: number;
  /** Calls until the first answer, when there may be calls that the books do not know and HighLevel still counts. */
  blindCalls: number;
  /** Without the shared books: how many processes must fit into the limit. */
  sharedBy: number;
}

/**
 * D is made of our own lag (timers, the answer of Redis, a busy loop) and of the way to HighLevel, which may begin with
 * opening a connection: three times there and back. 150 ms and 300 ms are generous for both; a call that is later than its
 * part of D is not sent with this slot.
 */
export const countedWithinMs = 450;
export const ourLagMs = (countedWithin: number) => countedWithin / 3;

export const rateRules = (given: Partial<RateRules> = {}): RateRules => ({
  limit: 100,
  windowMs: 10_000,
  perDay: 200_000,
  countedWithinMs,
  gatherMs: 0,
  blindCalls: 5,
  sharedBy: 1,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
});

/** When all lanes wait, they are served in this proportion; a lane that asks little is served at once. */
export const weights: Record<GhlLane, number> = { priority: 16, default: 4, bulk: 1 };

/** How long before it is free a slot may be promised. Whoever's turn it is may take it earlier than the others. */
export const aheadMs: Record<GhlLane, number> = { priority: 500, default: 100, bulk: 100 };
export const aheadOutOfTurnMs = 20;

/**
 * Slots that are taken all at once come back all at once, a window later, and until then nobody gets one. So calls are
 * spread over the window, except for people's; this part of the limit may go ahead of the beat.
 */
export const burst: Record<GhlLane, number> = { priority: Infinity, default: 0.05, bulk: 0.05 };
/** The beat is a little faster than slots come free, or a lost moment would never be made good. */
export const beat = 0.97;

/** A waiter looks again after this time at the latest: the limit may have risen, or a slot may have been given back. */
export const lookAgainMs = 500;

/** Everything that was counted before the books began is forgotten by HighLevel, too. */
export const trustedAfterMs = (windowMs: number, rules: RateRules) =>
  windowMs + rules.countedWithinMs + rules.gatherMs + aheadMs.priority;
