/** How calls are put into windows. HighLevel does not say which of them it uses, and tells no time of reset. */
export type SimWindowModel = 'sliding' | 'fixed' | 'first-request';

export interface SimLimits {
  max: number;
  windowMs: number;
  perDay: number;
  model?: SimWindowModel;
}

interface Count {
  window: Window;
  day: { number: number; used: number };
}

/** Answers how many calls are in the window of `now`, and takes one more. */
interface Window {
  used(now: number): number;
  take(now: number): void;
}

const windows: Record<SimWindowModel, (windowMs: number) => Window> = {
  sliding: (windowMs) => {
    let sent: number[] = [];
    return {
      used: (now) => (sent = sent.filter((at) => at > now - windowMs)).length,
      take: (now) => void sent.push(now),
    };
  },
  fixed: (windowMs) => {
    let [number, used] = [Number.NaN, 0];
    const at = (now: number) => Math.floor(now / windowMs);
    return {
      used: (now) => (at(now) === number ? used : 0),
      take: (now) => ([number, used] = [at(now), at(now) === number ? used + 1 : 1]),
    };
  },
  'first-request': (windowMs) => {
    let [opened, used] = [-Infinity, 0];
    const isOver = (now: number) => now >= opened + windowMs;
    return {
      used: (now) => (isOver(now) ? 0 : used),
      take: (now) => ([opened, used] = isOver(now) ? [now, 1] : [opened, used + 1]),
    };
  },
};

/** Counts calls per resource and tells it in the headers of every answer, as blindly as HighLevel does. */
export class SimRate {
  readonly #counts = new Map<string, Count>();

  constructor(private readonly limits: SimLimits) {}

  /** Counts a call, unless it is over the limit. */
  spend(resource: string, now: number): { allowed: boolean; headers: Record<string, string> } {
    const { max, windowMs, perDay, model = 'sliding' } = this.limits;
    const count = this.#counts.get(resource) ?? { window: windows[model](windowMs), day: { number: 0, used: 0 } };
    this.#counts.set(resource, count);
    const today = Math.floor(now / 86_400_000);
    if (count.day.number !== today) count.day = { number: today, used: 0 };
    const allowed = count.window.used(now) < max && count.day.used < perDay;
    if (allowed) {
      count.window.take(now);
      count.day.used++;
    }
    const headers = {
      'x-ratelimit-limit-daily': String(perDay),
      'x-ratelimit-daily-remaining': String(perDay - count.day.used),
      'x-ratelimit-interval-milliseconds': String(windowMs),
      'x-ratelimit-max': String(max),
      'x-ratelimit-remaining': String(max - count.window.used(now)),
    };
    return { allowed, headers };
  }

  reset(): void {
    this.#counts.clear();
  }
}
