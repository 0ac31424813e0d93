import type { AppError } from '../../platform/errors/index.js';

/** How often, and how patiently, a call that was certainly not applied is made again. */
export interface RetryPolicy {
  readonly retries: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export const defaultRetry: RetryPolicy = { retries: 3, baseMs: 60_000, capMs: 600_000 };

/**
 * Milliseconds until the next try, or `undefined` when there is none left. Exponential from the base to the cap,
 * then 0.5 to 1.5 of it, so that many runs which failed together do not come back together.
 * A time that the other side named is kept, with up to a tenth added.
 */
export function chooseRetry(
  policy: RetryPolicy,
  retriesSoFar: number,
  random: number,
  retryAfterMs?: number,
): number | undefined {
  if (retriesSoFar >= policy.retries) return undefined;
  if (retryAfterMs !== undefined) return Math.round(retryAfterMs * (1 + random / 10));
  return Math.round(Math.min(policy.capMs, policy.baseMs * 2 ** retriesSoFar) * (0.5 + random));
}

/** Of a crowd that waits for one provider, so many come back in a second: about what the provider's budget of calls allows. */
export const backPerSecond = 20;
const waitAtMostMs = 600_000;

/**
 * Milliseconds until a call that a circuit breaker held back is tried again: around the moment of the next probe, or spread
 * further when many wait. It is no attempt, so it never ends; the breaker's closing wakes those that still wait.
 */
export function chooseBreakerWait(untilProbeMs: number, crowd: number, random: number): number {
  const base = Math.min(waitAtMostMs, Math.max(untilProbeMs, (crowd / backPerSecond) * 1_000));
  return Math.round(base * (0.5 + random));
}

export const breakerWait = ({ retryAfterMs = 10_000, crowd = 0 }: AppError) =>
  chooseBreakerWait(retryAfterMs, crowd, Math.random());
