interface Window {
  sent: number[];
  day: { number: number; used: number };
}

/** Sliding window and daily count per resource, told in the headers of every answer. */
export class SimRate {
  readonly #windows = new Map<string, Window>();

  constructor(private readonly limits: { max: number; windowMs: number; perDay: number }) {}

  /** Counts a call, unless it is over the limit. */
  spend(resource: string, now: number): { allowed: boolean; headers: Record<string, string> } {
    const { max, windowMs, perDay } = this.limits;
    const window = this.#windows.get(resource) ?? { sent: [], day: { number: 0, used: 0 } };
    this.#windows.set(resource, window);
    const today = Math.floor(now / 86_400_000);
    if (window.day.number !== today) window.day = { number: today, used: 0 };
    window.sent = window.sent.filter((at) => at > now - windowMs);
    const allowed = window.sent.length < max && window.day.used < perDay;
    if (allowed) {
      window.sent.push(now);
      window.day.used++;
    }
    const headers = {
      'x-ratelimit-limit-daily': String(perDay),
      'x-ratelimit-daily-remaining': String(perDay - window.day.used),
      'x-ratelimit-interval-milliseconds': String(windowMs),
      'x-ratelimit-max': String(max),
      'x-ratelimit-remaining': String(max - window.sent.length),
    };
    return { allowed, headers };
  }

  reset(): void {
    this.#windows.clear();
  }
}
