import { GhlRateBudget, type GhlRateLease } from './ghl-rate-budget.js';
import type { RateLedger } from './rate/rate-ledger.js';
import type { GhlLane, RateRules } from './rate/rate-rules.js';
import { SimRate, type SimWindowModel } from './simulator/rate.js';
import { SimulatedClock } from './testing/simulated-clock.js';

export interface BudgetWorld {
  clock: SimulatedClock;
  /** The budget of one more process. */
  process(): GhlRateBudget;
}

/** A world whose ledgers all keep the same books; its time waits while they are busy. */
export function aBudgetWorld(
  ledgers: (clock: SimulatedClock) => () => RateLedger,
  rules: Partial<RateRules> = {},
  busy?: () => boolean,
): BudgetWorld {
  const clock = new SimulatedClock(busy);
  const next = ledgers(clock);
  const process = () => new GhlRateBudget({ clock, ledger: next(), countedWithinMs: rules.countedWithinMs });
  return { clock, process };
}

export const anAnswer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});

const limit = 100;
const windowMs = 10_000;

/** What the budget promises, whoever keeps the books. */
export function describeBudgetContract(name: string, open: (rules?: Partial<RateRules>) => BudgetWorld): void {
  describe(`the budget of calls, ${name}`, () => {
    let world: BudgetWorld;
    const begin = (rules?: Partial<RateRules>) => {
      world = open(rules);
      const budget = world.process();
      return { ...world, budget };
    };
    const take = (budget: GhlRateBudget, count: number, lane: GhlLane = 'priority') => {
      const leases: GhlRateLease[] = [];
      for (let each = 0; each < count; each++) void budget.acquire('r', { lane }).then((lease) => leases.push(lease));
      return leases;
    };
    /** The first answer says that nobody has called yet. */
    const known = async ({ clock }: BudgetWorld, budget: GhlRateBudget, headers: Record<string, string> = {}) => {
      const leases = take(budget, 1);
      await clock.run(() => leases.length === 1);
      leases[0]!.settle(anAnswer(200, { 'x-ratelimit-max': String(limit), 'x-ratelimit-remaining': '99', ...headers }));
      await clock.pass(0);
    };

    it.each<SimWindowModel>(['fixed', 'first-request', 'sliding'])(
      'uses nearly all and never too much with windows of the model %s, and two of four processes that end',
      async (model) => {
        const few = 30;
        const { clock, process } = begin({ limit: few });
        const processes = [process(), process(), process(), process()];
        const highLevel = new SimRate({ max: few, windowMs, perDay: 1e6, model });
        const sent: number[] = [];
        let refused = 0;
        let serial = 0;
        const call = async (budget: GhlRateBudget) => {
          const lease = await budget.acquire('r', { lane: 'bulk' });
          const index = serial++;
          sent.push(clock.monotonic());
          // Counted 20 to 440 ms after sending, answered up to 2 s later; both vary from call to call.
          await clock.sleep(20 + ((index * 7919) % 421));
          const { allowed, headers } = highLevel.spend('r', clock.monotonic());
          if (!allowed) refused++;
          await clock.sleep((index * 104_729) % 2_000);
          lease.settle(anAnswer(allowed ? 200 : 429, headers));
        };
        const killed = new Set<GhlRateBudget>();
        for (const budget of processes)
          for (let each = 0; each < 6; each++)
            void (async () => {
              while (!killed.has(budget)) await call(budget);
            })();
        await clock.pass(60_000);
        killed.add(processes[0]!).add(processes[1]!);
        await clock.pass(60_000);
        expect(refused).toBe(0);
        const cycles = sent.slice(few).map((at, index) => at - sent[index]!);
        const median = cycles.sort((a, b) => a - b)[Math.floor(cycles.length / 2)]!;
        expect(windowMs / median).toBeGreaterThanOrEqual(0.95);
      },
    );

    it('learns a smaller limit and another interval from the headers', async () => {
      const { clock, budget } = begin();
      await known(world, budget, {
        'x-ratelimit-max': '20',
        'x-ratelimit-interval-milliseconds': '4000',
        'x-ratelimit-remaining': '19',
      });
      expect(await budget.forecast('r', 19, 'priority')).toBe(0);
      const leases = take(budget, 25);
      await clock.pass(4_000);
      expect(leases.length).toBe(20);
      await clock.pass(500);
      expect(leases.length).toBe(25);
    });

    it('learns that somebody else spends, for as long as it counts', async () => {
      const { clock, budget } = begin();
      await known(world, budget, { 'x-ratelimit-remaining': '59' }); // 40 calls are not ours
      const leases = take(budget, 100);
      await clock.pass(9_000);
      expect(leases.length).toBe(59);
      await clock.pass(2_500);
      expect(leases.length).toBe(100);
    });

    it('calls few times until the first answer tells what was called before, in any process', async () => {
      const { clock, budget, process } = begin();
      const other = process();
      const [here, there] = [take(budget, 50), take(other, 50)];
      await clock.pass(1_600);
      expect(here.length + there.length).toBe(5);
      [...here, ...there][0]!.settle(anAnswer(200, { 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '15' }));
      await clock.pass(1_000);
      // 84 calls of others at most, one that is counted, and 15 more: those under way are among them.
      expect(here.length + there.length).toBe(16);
    });

    it('takes a burst of 429 as one incident: a pause of one window, half the limit, one slot more per window', async () => {
      const { clock, budget } = begin();
      await known(world, budget);
      const incidents: unknown[] = [];
      budget.onIncident((incident) => incidents.push(incident));
      const leases = take(budget, 10);
      await clock.run(() => leases.length === 10);
      for (const lease of leases) lease.settle(anAnswer(429));
      await clock.pass(1);
      expect(incidents).toEqual([{ resource: 'r', limit: 50, pausedForMs: 10_000 }]);
      const next = take(budget, 100);
      await clock.pass(9_900);
      expect(next.length).toBe(0);
      await clock.pass(8_000);
      expect(next.length).toBe(51);
      await clock.pass(10_000);
      expect(next.length).toBeGreaterThan(100 - 1);
    });

    it('has a limit of any size back in the same time after a 429: a hundredth of it per window', async () => {
      const { clock, budget } = begin({ limit: 300 });
      await known(world, budget, { 'x-ratelimit-max': '300', 'x-ratelimit-remaining': '299' });
      const incidents: unknown[] = [];
      budget.onIncident((incident) => incidents.push(incident));
      const leases = take(budget, 1);
      await clock.run(() => leases.length === 1);
      leases[0]!.settle(anAnswer(429));
      await clock.pass(1);
      expect(incidents).toEqual([{ resource: 'r', limit: 150, pausedForMs: 10_000 }]);
      const next = take(budget, 300);
      await clock.pass(10_900);
      expect(next.length).toBe(153);
    });

    it('knows when the day is used up, in any process, and refuses at once instead of waiting for hours', async () => {
      const { clock, budget, process } = begin();
      await known(world, budget, { 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-reset': '7200000' });
      await clock.pass(1_000);
      const refused = process().acquire('r');
      const said = expect(refused).rejects.toMatchObject({
        kind: 'rate-limited',
        code: 'ghl-daily-limit',
        retryAfterMs: 7_199_000,
      });
      await clock.pass(10);
      await said;
      await clock.pass(7_200_000);
      const leases = take(budget, 1);
      await clock.pass(10);
      expect(leases).toHaveLength(1);
    });

    it('frees a slot that was given back unsent, and one whose holder left while it was reserved', async () => {
      const { clock, budget } = begin({ limit: 1, windowMs: 1_000 });
      const first = take(budget, 1);
      await clock.run(() => first.length === 1);
      const impatient = new AbortController();
      const gone = budget.acquire('r', { lane: 'priority', signal: impatient.signal });
      const left = expect(gone).rejects.toThrow('enough');
      const second = take(budget, 1);
      await clock.pass(1_100); // reserved for a moment later
      impatient.abort(new Error('enough'));
      await left;
      first[0]!.giveBack();
      await clock.pass(600);
      expect(second).toHaveLength(1);
    });

    it('serves each lane first come first served, and each process', async () => {
      const { clock, budget, process } = begin();
      await known(world, budget);
      const served: string[] = [];
      const other = process();
      for (let each = 0; each < 60; each++)
        for (const [who, from] of [
          ['a', budget],
          ['b', other],
        ] as const)
          void from.acquire('r', { lane: 'bulk' }).then(() => served.push(`${who}${each}`));
      await clock.pass(8_000);
      for (const who of ['a', 'b']) {
        const own = served.filter((each) => each.startsWith(who)).map((each) => Number(each.slice(1)));
        expect(own).toEqual(own.toSorted((x, y) => x - y));
        expect(own.length).toBeGreaterThan(15);
      }
    });

    it('lets people pass while others wait, and lets nobody starve', async () => {
      const { clock, budget, process } = begin();
      await known(world, budget);
      const done: Record<GhlLane, number> = { priority: 0, default: 0, bulk: 0 };
      const keepAsking = (from: GhlRateBudget, lane: GhlLane) =>
        void (async () => {
          for (;;) {
            const lease = await from.acquire('r', { lane });
            await clock.sleep(200);
            lease.settle(anAnswer(200));
            done[lane]++;
          }
        })();
      const [other, third] = [process(), process()];
      for (let each = 0; each < 20; each++) {
        keepAsking(other, 'bulk');
        keepAsking(third, 'default');
      }
      await clock.pass(40_000);
      // Work is shared by weight, and nothing is left lying.
      expect(done.default / done.bulk).toBeGreaterThan(2.5);
      expect(done.default / done.bulk).toBeLessThan(5.5);
      const waits: number[] = [];
      for (let each = 0; each < 30; each++) {
        const asked = clock.monotonic();
        void budget.acquire('r', { lane: 'priority' }).then((lease) => {
          waits.push(clock.monotonic() - asked);
          lease.settle(anAnswer(200));
        });
        await clock.pass(700);
      }
      expect(waits).toHaveLength(30);
      expect(waits.sort((x, y) => x - y)[28]!).toBeLessThan(1_000);
    });

    it('says at once when a slot would come too late', async () => {
      const { clock, budget } = begin({ limit: 2, windowMs: 60_000 });
      const leases = take(budget, 2);
      await clock.run(() => leases.length === 2);
      const refused = expect(budget.acquire('r', { lane: 'priority', withinMs: 15_000 })).rejects.toMatchObject({
        kind: 'rate-limited',
        code: 'ghl-budget-spent',
        retryAfterMs: 60_450,
      });
      await clock.pass(10);
      await refused;
    });

    it('knows that a lease is late when its holder was held up', async () => {
      const { clock, budget } = begin();
      const leases = take(budget, 1);
      await clock.run(() => leases.length === 1);
      expect(leases[0]!.isLate()).toBe(false);
      await clock.pass(200);
      expect(leases[0]!.isLate()).toBe(true);
    });

    it('keeps resources apart', async () => {
      const { clock, budget } = begin({ limit: 1 });
      const leases = take(budget, 1);
      await clock.run(() => leases.length === 1);
      expect(await budget.forecast('r', 1, 'priority')).toBe(10_450);
      expect(await budget.forecast('other', 1, 'priority')).toBe(0);
    });

    it.each<[GhlLane, number]>([
      ['priority', 23],
      ['bulk', 23],
      ['bulk', 260],
    ])('forecasts in the lane %s for %d calls what then happens', async (lane, calls) => {
      const { clock, budget } = begin({ limit: 5, windowMs: 1_000 });
      await known(world, budget, { 'x-ratelimit-max': '5', 'x-ratelimit-remaining': '4' });
      const forecast = await budget.forecast('r', calls, lane);
      const from = clock.monotonic();
      const leases = take(budget, calls, lane);
      await clock.run(() => leases.length === calls);
      expect(Math.abs(clock.monotonic() - from - forecast)).toBeLessThan(0.03 * forecast + 5);
    });
  });
}
