import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { type Fault, slack } from '../fault.js';
import type { Order } from '../order.js';
import type { Try } from '../try.js';

const modes = ['cluster'] as const;
/** Nothing that serves a request waits longer than 2 s for Redis, on a machine that has nothing else to do. */
const answerWithinMs = 2_000 * slack;

const many = (on: Try, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => on.order(index % 3 === 0 ? 'plain' : 'takeover')));

/** While Redis is away the API goes on accepting, says that it is degraded, and lets nobody wait. */
async function isStillServed(on: Try, orders: Order[]): Promise<void> {
  for (const order of orders) {
    const began = performance.now();
    const accepted = await on.tryToPlace(order);
    const ms = Math.round(performance.now() - began);
    on.note(accepted ? 'accepted without Redis' : 'asked to come again without Redis', ms);
    on.expect(ms < answerWithinMs, 'nobody waits for Redis', ms);
  }
  // The share of the provider's budget that a process may spend without the others is small: some have to ask again.
  await Promise.all(orders.filter(({ jobId }) => !jobId).map((order) => on.place(order, 20_000 * slack)));
  const states = await Promise.all(on.world.apis.map((each) => each.isReady()));
  on.expect(states.every(Boolean), 'processes stay ready without Redis', states);
}

/** Every worker takes jobs again, by the doorbell and not only by polling. */
async function isUsedAgain(on: Try): Promise<void> {
  const order = await on.order('takeover');
  const began = performance.now();
  await on.place(order);
  await until(async () => ((await on.states()).get(order.jobId!) === 'done' ? true : undefined), 10_000 * slack);
  on.note('an order after the recovery took', Math.round(performance.now() - began));
}

export const f17: Fault = {
  id: 'F17',
  title: 'Redis is flushed with work queued and under way',
  holds: 'every job goes on within a minute, none runs twice, and Redis keeps nothing of what was settled',
  modes,
  async run(on) {
    const orders = await many(on, 24);
    const placing = Promise.all(orders.map((order) => on.place(order)));
    for (let flush = 0; flush < 3; flush++) {
      await on.random.pause(100, 1_200);
      on.strike('FLUSHALL');
      await on.world.redis!.command('FLUSHALL');
    }
    await placing;
    await on.settle(60_000);
    on.expect((await keptJobs(on)).length === 0, 'nothing that was settled is kept in Redis', await keptJobs(on));
  },
};

/** A job of Bull that is kept after it was settled makes Bull ignore the next one of its id, without a word. */
async function keptJobs({ world }: Try): Promise<string[]> {
  const answers = await Promise.all(['completed', 'failed'].map((set) => world.redis!.command(`KEYS *:${set}`)));
  return answers.flatMap((answer) => answer.split('\r\n').filter((line) => line.includes(':')));
}

export const f18: Fault = {
  id: 'F18',
  title: 'Redis goes away without saving, and comes back empty',
  holds: 'the API goes on accepting, work goes on by polling, readiness stays 200',
  modes,
  async run(on) {
    const before = await many(on, 6);
    await Promise.all(before.map((order) => on.place(order)));
    await on.random.pause(0, 800);
    on.strike('Redis goes away');
    await on.world.redis!.shutDown();
    await isStillServed(on, await many(on, 3));
    await on.random.pause(500, 2_500);
    await on.world.redis!.startAgain();
    await isUsedAgain(on);
  },
};

export const f19: Fault = {
  id: 'F19',
  title: 'Redis is stalled',
  holds: 'no request hangs, and workers take jobs again within 10 s of its return',
  modes,
  async run(on) {
    const before = await many(on, 4);
    await Promise.all(before.map((order) => on.place(order)));
    on.strike('Redis is frozen');
    on.world.redis!.freeze();
    await isStillServed(on, await many(on, 3));
    await on.random.pause(500, 3_000);
    on.world.redis!.thaw();
    const thawed = performance.now();
    await isUsedAgain(on);
    on.expect(performance.now() - thawed < 10_000 * slack, 'jobs are taken and done soon after its return');
  },
};

/** How Redis may refuse: out of memory, a replica, too few replicas. */
const refusals = [
  {
    what: 'OOM',
    on: ['CONFIG SET maxmemory 1', 'CONFIG SET maxmemory-policy noeviction'],
    off: ['CONFIG SET maxmemory 0'],
  },
  { what: 'READONLY', on: ['REPLICAOF 127.0.0.1 1'], off: ['REPLICAOF NO ONE'] },
  { what: 'NOREPLICAS', on: ['CONFIG SET min-replicas-to-write 1'], off: ['CONFIG SET min-replicas-to-write 0'] },
];

export const f20: Fault = {
  id: 'F20',
  title: 'Redis answers that it cannot write',
  holds: 'as if it were away: orders are accepted, work goes on by polling',
  modes,
  async run(on) {
    const refusal = on.random.oneOf(refusals);
    on.strike(`Redis answers ${refusal.what}`);
    for (const line of refusal.on) await on.world.redis!.command(line);
    await isStillServed(on, await many(on, 4));
    await pause(on.random.between(200, 2_000));
    for (const line of refusal.off) await on.world.redis!.command(line);
    await isUsedAgain(on);
  },
};
