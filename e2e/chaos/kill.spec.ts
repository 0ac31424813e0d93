import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/until.js';
import { judge, nothingFound } from './oracle.js';
import { anOrder, type Order, place, seededLocations } from './ordered-work.js';
import { Recoveries } from './recoveries.js';
import { SeededRandom } from './seeded-random.js';
import { aWorld, type World } from './world.js';

/*
 * The product is killed at random moments while it provisions, and started again each time, until all work has ended.
 * Quick here; `npm run chaos -- --runs 100 --kills 100 --seed 7` is the long form.
 */
const runs = Number(process.env.CHAOS_RUNS ?? 12);
const kills = Number(process.env.CHAOS_KILLS ?? Math.ceil(runs / 2));
const seed = process.env.CHAOS_SEED ?? String(Date.now());
/** Kept under way while there are kills to come, so that each one meets work in every state. */
const underWay = 8;
const endsWithinMs = 60_000;

describe('kill -9 at random moments', () => {
  let world: World;
  afterAll(() => world?.stop());

  it(
    'loses nothing, doubles nothing, and says only what is true',
    async () => {
      const random = new SeededRandom(seed);
      world = await aWorld({}, (state) => seededLocations(state, runs));
      const { product, state } = world;
      const snapshot = (await state()).snapshots.find((each) => !each.firstLoadFails && !each.alwaysFails)!;
      const orders = Array.from({ length: runs }, (_, index) => anOrder(index, snapshot.id));
      const recoveries = new Recoveries(product);
      const began = performance.now();

      for (let kill = 1; kill <= kills; kill++) {
        const share = Math.ceil((runs * kill) / kills);
        const killed = pause(random.between(100, 3_500)).then(() => product.kill());
        await work(world, orders.slice(0, share), recoveries, killed);
        while (random.next() < 0.15) await product.killWhileStarting(random.between(50, 1_500));
        await product.start();
      }
      await until(async () => (await work(world, orders, recoveries)) || undefined, endsWithinMs);
      const helped = await retrySetAside(product);
      await until(async () => (await work(world, orders, recoveries)) || undefined, endsWithinMs);
      const { count, worstMs, medianMs } = await recoveries.settled();
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      process.stdout.write(
        `chaos: seed ${seed}, ${runs} runs, ${kills} kills, ${minutes} min, ${helped} retried by a person; ` +
          `new owner after median ${medianMs} ms, worst ${worstMs} ms of ${count}\n`,
      );
      expect(await judge(world, orders)).toEqual(nothingFound);
    },
    endsWithinMs + 60_000 + kills * 12_000,
  );
});

/** Places orders and watches until the product is killed, or all that was placed has ended. True: everything ended. */
async function work(
  { product }: World,
  orders: Order[],
  recoveries: Recoveries,
  killed?: Promise<void>,
): Promise<boolean> {
  let alive = true;
  const dead = killed?.then(() => (alive = false));
  while (alive) {
    const open = await recoveries.look().catch(() => undefined);
    const waiting = orders.filter(({ jobId }) => jobId === undefined);
    if (open !== undefined)
      for (const order of waiting.slice(0, Math.max(0, underWay - open))) await place(product, order);
    if (!killed && open === 0 && waiting.length === 0) return true;
    await pause(50);
  }
  await dead;
  recoveries.killed();
  return false;
}

/** A job that died with its process again and again at one place is set aside; pressing Retry is all that it needs. */
async function retrySetAside(product: World['product']): Promise<number> {
  const path = '/api/jobs?saga=provisioning&limit=100&state=needs-human';
  const { items } = await product.must<{ items: { id: string; attention: { code: string } }[] }>('GET', path);
  const setAside = items.filter(({ attention }) => ['no-progress', 'no-trace'].includes(attention.code));
  for (const { id } of setAside) await product.must('POST', `/api/jobs/${id}/retry`);
  return setAside.length;
}
