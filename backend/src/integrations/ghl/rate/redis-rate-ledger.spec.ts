import { Redis } from 'ioredis';
import { describeWithRedis, startTestRedis, type TestRedis } from '../../../../test/redis.js';
import { createLog } from '../../../platform/logging/index.js';
import { commandOptions } from '../../../platform/redis/redis-options.js';
import { aBudgetWorld, describeBudgetContract } from '../ghl-rate-budget.contract.js';
import { type Grant, RateBucket } from './rate-bucket.js';
import { rateRules, type RateRules, type Wants } from './rate-rules.js';
import { RedisRateLedger } from './redis-rate-ledger.js';
import { isBusy } from '../testing/busy-redis.js';

jest.setTimeout(60_000);

const log = createLog('error', { write: () => undefined });

describeWithRedis('books in Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    redis = new Redis(server.server.url, commandOptions);
    redis.on('error', () => undefined);
    await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
  });
  afterAll(async () => {
    redis.disconnect();
    await server.remove();
  });
  beforeEach(() => redis.flushall());

  const aWorld = (rules?: Partial<RateRules>) =>
    aBudgetWorld(
      (clock) => () =>
        new RedisRateLedger({ redis, clock, log, rules: { ...rules, gatherMs: 0 }, now: () => clock.monotonic() }),
      rules,
      isBusy(redis),
    );

  describeBudgetContract('shared in Redis', aWorld);

  it('are kept by the same rules as those of one process, whatever is asked and answered', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      await redis.flushall();
      let state = seed * 7919;
      const random = (below: number) => Math.floor(((state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32) * below);
      let now = 0;
      const clock = { monotonic: () => now, now: () => new Date(now), sleep: () => new Promise<void>(() => undefined) };
      const rules = rateRules({ limit: 8, windowMs: 1_000, countedWithinMs: 90, perDay: 150, gatherMs: 50 });
      const shared = new RedisRateLedger({ redis, clock, log, rules, now: () => now });
      const alone = new RateBucket(rules, 0);
      await shared.look('r', 0); // books begin when they are first opened
      const open: { one: Grant; other: Grant }[] = [];
      for (let turn = 0; turn < 150; turn++) {
        now += random(200);
        const act = random(10);
        if (act < 5) {
          const wants: Wants = { priority: random(2), default: random(3), bulk: random(4) };
          let serial = 0;
          const expected = alone.ask(now, wants, () => `${turn}:${serial++}`);
          const { grants, ...ruling } = await shared.ask('r', wants);
          const strip = (grant: Grant) => ({ ...grant, id: '' });
          expect(JSON.parse(JSON.stringify({ ...ruling, grants: grants.map(strip) }))).toEqual(
            JSON.parse(JSON.stringify({ ...expected, grants: expected.grants.map(strip) })),
          );
          grants.forEach((one, place) => open.push({ one, other: expected.grants[place]! }));
        } else if (open.length > 0) {
          const [{ one, other }] = open.splice(random(open.length), 1) as [{ one: Grant; other: Grant }];
          if (act < 6) {
            alone.giveBack(other.id);
            await shared.giveBack('r', one);
          } else {
            const maybe = (value: number) => (random(3) === 0 ? value : undefined);
            const answer = {
              refused: random(12) === 0,
              max: maybe(6 + random(4)),
              windowMs: maybe(800 + random(3) * 200),
              remaining: maybe(random(8)),
              dayLeft: maybe(random(20)),
              dayResetMs: maybe(500),
              retryAfterMs: maybe(random(3_000)),
            };
            expect(await shared.settle('r', one, answer)).toEqual(alone.settle(now, other, answer));
          }
        }
        const { waiting: _, ...view } = await shared.look('r', 0);
        const { waiting: __, ...expected } = alone.look(now, 0);
        expect(view).toEqual(expected);
      }
    }
  });
});
