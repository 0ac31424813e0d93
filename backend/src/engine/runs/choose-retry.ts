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
