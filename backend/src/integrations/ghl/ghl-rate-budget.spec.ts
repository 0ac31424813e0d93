import { Clock } from '../../platform/clock/clock.js';
import { GhlRateBudget } from './ghl-rate-budget.js';
import type { GhlRateBudgetOptions } from './ghl-rate-budget.js';

/** Time that moves only when everything that can happen now has happened. */
class SimulatedClock extends Clock {
  #now = 0;
  #timers: { at: number; ring: () => void }[] = [];

  override monotonic(): number {
    return this.#now;
  }
  override now(): Date {
    return new Date(this.#now);
  }
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { at: this.#now + ms, ring: resolve };
      this.#timers.push(timer);
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        reject(signal.reason as Error);
      });
    });
  }
  async runUntil(done: () => boolean, limitMs = Infinity): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done()) return;
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (!next || next.at > limitMs)
        return void (this.#now = Math.max(this.#now, Math.min(limitMs, next?.at ?? limitMs)));
      this.#now = Math.max(this.#now, next.at);
      this.#timers.shift();
      next.ring();
    }
  }
}

const limit = 100;
const windowMs = 10_000;

/** How HighLevel may cut its windows; it does not say. Each answers whether a call at `now` is allowed. */
const windowModels: Record<string, () => (now: number) => boolean> = {
  fixed: () => {
    const counts = new Map<number, number>();
    return (now) => {
      const window = Math.floor((now + 3_333) / windowMs);
      counts.set(window, (counts.get(window) ?? 0) + 1);
      return counts.get(window)! <= limit;
    };
  },
  'first request': () => {
    let [start, count] = [-Infinity, 0];
    return (now) => {
      if (now >= start + windowMs) [start, count] = [now, 0];
      return ++count <= limit;
    };
  },
  sliding: () => {
    let sent: number[] = [];
    return (now) => {
      sent = [...sent.filter((at) => at > now - windowMs), now];
      return sent.length <= limit;
    };
  },
};

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });
const aBudget = (options: Partial<GhlRateBudgetOptions> = {}) => {
  const clock = new SimulatedClock();
  return { clock, budget: new GhlRateBudget({ clock, ...options }) };
};

describe('the budget uses nearly all and never too much', () => {
  it.each(Object.keys(windowModels))('with windows of the model %s', async (model) => {
    const { clock, budget } = aBudget();
    const allowed = windowModels[model]!();
    const calls = 2_000;
    let [refused, done, lastSent] = [0, 0, 0];
    const call = async (index: number) => {
      const lease = await budget.acquire('app/company');
      lastSent = clock.monotonic();
      // Counted 20 to 440 ms after sending, answered up to 2 s later; both vary from call to call.
      await clock.sleep(20 + ((index * 7919) % 421));
      const fine = allowed(clock.monotonic());
      await clock.sleep((index * 104_729) % 2_000);
      if (!fine) refused++;
      lease.settle(answer(fine ? 200 : 429));
      done++;
    };
    for (let index = 0; index < calls; index++) void call(index);
    await clock.runUntil(() => done === calls);
    expect(refused).toBe(0);
    const ideal = ((calls - limit) / limit) * windowMs;
    expect(ideal / lastSent).toBeGreaterThanOrEqual(0.95);
  });
});

describe('the budget learns', () => {
  const take = async (budget: GhlRateBudget, count: number) =>
    Promise.all(Array.from({ length: count }, () => budget.acquire('r')));

  it('a smaller limit and another interval from the headers', async () => {
    const { budget } = aBudget();
    const [lease] = await take(budget, 1);
    lease!.settle(
      answer(200, {
        'x-ratelimit-max': '20',
        'x-ratelimit-interval-milliseconds': '4000',
        'x-ratelimit-remaining': '19',
      }),
    );
    expect(budget.forecast('r', 19)).toBe(0);
    expect(budget.forecast('r', 20)).toBeGreaterThan(4_000 - 1);
    expect(budget.forecast('r', 20)).toBeLessThanOrEqual(10_450);
  });

  it('that somebody else spends, for as long as it counts', async () => {
    const { clock, budget } = aBudget();
    const [lease] = await take(budget, 1);
    lease!.settle(answer(200, { 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '59' })); // 40 calls are not ours
    expect(budget.forecast('r', 59)).toBe(0);
    expect(budget.forecast('r', 60)).toBeGreaterThan(0);
    await clock.runUntil(() => false, 10_500);
    expect(budget.forecast('r', 100)).toBe(0);
  });

  it('what it had forgotten in a restart, before it spends much', async () => {
    const { clock, budget } = aBudget();
    const granted: { settle: (answer?: { status: number; headers: Headers }) => void }[] = [];
    for (let index = 0; index < 50; index++) void budget.acquire('r').then((lease) => granted.push(lease));
    await clock.runUntil(() => false, 100);
    expect(granted).toHaveLength(5);
    granted[0]!.settle(answer(200, { 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '15' }));
    await clock.runUntil(() => false, 200);
    expect(granted).toHaveLength(20); // 80 calls from before the restart, and 20 now
  });

  it('from a burst of 429 once: a pause of one window and half the limit', async () => {
    const { clock, budget } = aBudget();
    const [first] = await take(budget, 1);
    first!.settle(answer(200));
    for (const lease of await take(budget, 10)) lease.settle(answer(429));
    expect(budget.forecast('r', 1)).toBe(10_000);
    await clock.runUntil(() => false, 10_001);
    expect(budget.forecast('r', 51)).toBe(0); // half, and one slot for the window gone by
    expect(budget.forecast('r', 52)).toBeGreaterThan(0);
  });

  it('that the day is used up, and refuses at once instead of waiting for hours', async () => {
    const { budget } = aBudget();
    const [lease] = await take(budget, 1);
    lease!.settle(answer(200, { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '7200000' }));
    await expect(budget.acquire('r')).rejects.toMatchObject({
      kind: 'rate-limited',
      code: 'ghl-daily-limit',
      retryAfterMs: 7_200_000,
    });
  });
});

describe('waiting for the budget', () => {
  it('ends with the signal and leaves the place to the next', async () => {
    const { clock, budget } = aBudget({ limit: 1 });
    await budget.acquire('r');
    const impatient = new AbortController();
    const gone = budget.acquire('r', impatient.signal);
    let served = false;
    void budget.acquire('r').then(() => (served = true));
    impatient.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    await clock.runUntil(() => served);
    expect(clock.monotonic()).toBe(10_450);
  });

  it('is per resource', async () => {
    const { budget } = aBudget({ limit: 1 });
    await budget.acquire('one');
    expect(budget.forecast('one', 1)).toBe(10_450);
    expect(budget.forecast('two', 1)).toBe(0);
  });

  it('is forecast as it then happens', async () => {
    const { clock, budget } = aBudget({ limit: 5 });
    const forecast = budget.forecast('r', 23);
    let granted = 0;
    for (let index = 0; index < 23; index++) void budget.acquire('r').then(() => granted++);
    await clock.runUntil(() => granted === 23);
    expect(clock.monotonic()).toBe(forecast);
  });
});
