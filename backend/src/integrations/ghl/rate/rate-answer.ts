/** What an answer says about the budget. Absent: HighLevel did not say. */
export interface RateAnswer {
  refused: boolean;
  max?: number;
  windowMs?: number;
  remaining?: number;
  dayLeft?: number;
  dayResetMs?: number;
  retryAfterMs?: number;
}

/** Reads HighLevel's headers. There is no time of reset among them, and `x-ratelimit-daily-reset` only at times. */
export function readRateAnswer({ status, headers }: { status: number; headers: Headers }): RateAnswer {
  const read = (name: string, least: number) => {
    const text = headers.get(name);
    const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
    return value >= least ? value : undefined;
  };
  const seconds = read('retry-after', 0);
  return {
    refused: status === 429,
    max: read('x-ratelimit-max', 1),
    windowMs: read('x-ratelimit-interval-milliseconds', 1),
    remaining: read('x-ratelimit-remaining', 0),
    dayLeft: read('x-ratelimit-daily-remaining', 0),
    dayResetMs: read('x-ratelimit-daily-reset', 1),
    retryAfterMs: seconds === undefined ? undefined : seconds * 1_000,
  };
}
