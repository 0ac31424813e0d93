import { Redis } from 'ioredis';
import { describeWithRedis, startTestRedis, type TestRedis } from '../../../../test/redis.js';
import { Clock } from '../../../platform/clock/clock.js';
import { createLog } from '../../../platform/logging/index.js';
import { commandOptions } from '../../../platform/redis/redis-options.js';
import { GhlRateBudget } from '../ghl-rate-budget.js';
import { anAnswer } from '../ghl-rate-budget.contract.js';
import { SimRate, type SimWindowModel } from '../simulator/rate.js';
import { isBusy } from '../testing/busy-redis.js';
import { SimulatedClock } from '../testing/simulated-clock.js';
import type { GhlLane } from './rate-rules.js';
import { beatMs, RedisRateLedger } from './redis-rate-ledger.js';

jest.setTimeout(60_000);

const log = createLog('error', { write: () => undefined });
const limit = 40;
const windowMs = 10_000;

/** One process of several, with a connection of its own. */
interface Member {
  redis: Redis;
  ledger: RedisRateLedger;
  budget: GhlRateBudget;
  killed: boolean;
  /** When each of its calls was counted by HighLevel. */
  counted: number[];
  refused: number;
}

describeWithRedis('the budget when Redis fails', () => {
  let server: TestRedis;
  const connections: Redis[] = [];
  beforeEach(async () => {
    server = await startTestRedis();
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.disconnect();
    await server.remove();
  });

  const connect = async () => {
    const redis = new Redis(server.server.url, { ...commandOptions, retryStrategy: () => 50 });
    redis.on('error', () => undefined);
    connections.push(redis);
    await ready(redis);
    return redis;
  };
  const ready = async (redis: Redis) => {
    while (redis.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 10));
  };

  /** Processes that each always want to make sixteen calls of one lane. */
  async function aCluster(lanes: GhlLane[], model: SimWindowModel = 'sliding') {
    const clients: Redis[] = [];
    while (clients.length < lanes.length) clients.push(await connect());
    const clock = new SimulatedClock(isBusy(...clients));
    const highLevel = new SimRate({ max: limit, windowMs, perDay: 1e6, model });
    let serial = 0;
    const members = clients.map((redis, index): Member => {
      const ledger = new RedisRateLedger({ redis, clock, log, rules: { limit }, now: () => clock.monotonic() });
      const member = {
        redis,
        ledger,
        budget: new GhlRateBudget({ clock, ledger }),
        killed: false,
        counted: [],
        refused: 0,
      };
      void (async () => {
        await clock.sleep(index * 110);
        for (; !member.killed; await clock.sleep(beatMs)) await ledger.beat();
      })();
      return member;
    });
    const call = async (member: Member, lane: GhlLane) => {
      const lease = await member.budget.acquire('r', { lane });
      if (member.killed) return;
      const index = serial++;
      await clock.sleep(20 + ((index * 7919) % 400));
      const { allowed, headers } = highLevel.spend('r', clock.monotonic());
      if (allowed) member.counted.push(clock.monotonic());
      else member.refused++;
      await clock.sleep((index * 104_729) % 1_000);
      if (!member.killed) lease.settle(anAnswer(allowed ? 200 : 429, headers));
    };
    const work = (member: Member, lane: GhlLane) => {
      for (let each = 0; each < 16; each++)
        void (async () => {
          while (!member.killed) await call(member, lane).catch(() => clock.sleep(1_000));
        })();
    };
    members.forEach((member, index) => work(member, lanes[index]!));
    const refused = () => members.reduce((sum, member) => sum + member.refused, 0);
    const countedIn = (from: number, to: number) =>
      members.flatMap(({ counted }) => counted).filter((at) => at >= from && at < to).length;
    return { clock, members, call, refused, countedIn };
  }

  it.each<SimWindowModel>(['fixed', 'first-request', 'sliding'])(
    'is not exceeded when Redis is emptied under full load and a process dies in the same moment; windows of the model %s',
    async (model) => {
      const { clock, members, refused, countedIn } = await aCluster(['bulk', 'bulk', 'bulk', 'bulk'], model);
      await clock.pass(35_000);
      await members[0]!.redis.flushall();
      members[3]!.killed = true;
      await clock.pass(60_000);
      expect(refused()).toBe(0);
      // What was sent before is counted by 35,440; what is handed in is used again at once.
      expect(countedIn(35_440, 36_020)).toBeGreaterThan(0);
      // The slots of the dead are lost until HighLevel has forgotten its calls; all others are used on.
      expect(countedIn(36_000, 46_000)).toBeGreaterThan(0.45 * limit);
      expect(countedIn(60_000, 90_000)).toBeGreaterThan(0.94 * 3 * limit);
    },
  );

  it('is not exceeded over and over again', async () => {
    const { clock, members, refused, countedIn } = await aCluster(['bulk', 'default', 'bulk']);
    await clock.pass(20_000);
    for (let flush = 0; flush < 12; flush++) {
      await members[0]!.redis.flushall();
      await clock.pass(700 + flush * 611);
    }
    expect(refused()).toBe(0);
    // Each flush forgets the slots that came free before they were handed in; the work goes on all the same.
    const ideal = ((clock.monotonic() - 20_000) * limit) / windowMs;
    expect(countedIn(20_000, clock.monotonic())).toBeGreaterThan(0.3 * ideal);
  });

  it('serves people within a second of a flush, from what the others hand in', async () => {
    const { clock, members, call, refused } = await aCluster(['bulk', 'bulk', 'priority']);
    members[2]!.killed = true;
    const person = { ...members[2]!, killed: false, counted: [] as number[] };
    await clock.pass(30_000);
    await members[0]!.redis.flushall();
    const asked = clock.monotonic();
    void call(person, 'priority');
    await clock.pass(2_000);
    expect(person.counted[0]! - asked).toBeLessThan(1_500);
    expect(refused()).toBe(0);
  });

  it.each([
    ['empty', true],
    ['with what it held', false],
  ])('is shared in parts while Redis is away, and as a whole when it is back %s', async (_, empty) => {
    const { clock, members, refused, countedIn } = await aCluster(['bulk', 'bulk', 'bulk', 'bulk']);
    await clock.pass(30_000);
    await server.server.kill('SIGKILL');
    await clock.pass(40_000);
    expect(refused()).toBe(0);
    expect(countedIn(31_000, 70_000)).toBeGreaterThan(0.8 * 3.9 * limit);
    await server.server.launch({ empty });
    for (const { redis } of members) await ready(redis);
    await clock.pass(60_000);
    expect(refused()).toBe(0);
    expect(countedIn(90_000, 130_000)).toBeGreaterThan(0.94 * 4 * limit);
  });

  it('is exceeded at most by one share when only one process has lost Redis', async () => {
    const { clock, members } = await aCluster(['bulk', 'bulk', 'bulk', 'bulk']);
    await clock.pass(30_000);
    members[0]!.redis.disconnect();
    const before = members[0]!.counted.length + members[0]!.refused;
    await clock.pass(50_000);
    const asked = members[0]!.counted.length + members[0]!.refused - before;
    expect(asked).toBeLessThanOrEqual(5 * (limit / 4) + limit / 4);
    expect(asked).toBeGreaterThan(0);
  });

  it('makes nobody who waits for a page wait two seconds, when Redis is frozen', async () => {
    const redis = await connect();
    const ledger = new RedisRateLedger({ redis, clock: new Clock(), log });
    const budget = new GhlRateBudget({ clock: new Clock(), ledger });
    await ledger.beat();
    await server.server.kill('SIGSTOP');
    const begun = performance.now();
    for (const within of [2_000, 1_500, 1_500]) {
      const asked = performance.now();
      await expect(budget.acquire('r', { lane: 'priority', withinMs: 15_000 })).rejects.toMatchObject({
        kind: 'rate-limited',
      });
      expect(performance.now() - asked).toBeLessThan(within);
    }
    expect(performance.now() - begun).toBeLessThan(3_000);
    await server.server.kill('SIGCONT');
  });

  it("goes by Redis' clock: processes whose own clocks disagree share it all the same", async () => {
    const off = (ms: number) =>
      new (class extends Clock {
        override now = () => new Date(Date.now() + ms);
        override monotonic = () => performance.now() + 1e7 + ms;
      })();
    const rules = { limit: 8, windowMs: 600, countedWithinMs: 200, gatherMs: 0 };
    const budgets: GhlRateBudget[] = [];
    for (const ms of [-5_000, 0, 5_000]) {
      const ledger = new RedisRateLedger({ redis: await connect(), clock: off(ms), log, rules });
      budgets.push(new GhlRateBudget({ clock: off(ms), ledger, countedWithinMs: rules.countedWithinMs }));
    }
    const starts: number[] = [];
    const end = performance.now() + 4_000;
    await Promise.all(
      budgets.flatMap((budget) =>
        [1, 2, 3, 4].map(async () => {
          while (performance.now() < end) {
            const lease = await budget.acquire('r', { lane: 'bulk' });
            // As the client does: what reaches us after its time is not used.
            if (lease.isLate()) {
              lease.giveBack();
              continue;
            }
            starts.push(performance.now());
            lease.settle(); // no answer: the slot is held for the whole of D and W
          }
        }),
      ),
    );
    const cycles = starts.slice(rules.limit).map((at, index) => at - starts[index]!);
    expect(cycles.length).toBeGreaterThan(8);
    expect(Math.min(...cycles)).toBeGreaterThan(rules.windowMs);
  });
});
