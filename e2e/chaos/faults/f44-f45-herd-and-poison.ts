import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import { callOf, type Order } from '../order.js';
import type { Try } from '../try.js';

const several = (on: Try, count: number) => Promise.all(Array.from({ length: count }, () => on.order('takeover')));
const everything: { path: string } = { path: '^/(locations|users|oauth/locationToken|snapshots)' };

/** HighLevel is away, much work waits for it, and it comes back. */
export const f44: Fault = {
  id: 'F44',
  title: 'Much work waits for a provider that comes back',
  holds: 'it does not rush in at once: no 429, and a new order is not kept waiting behind all others',
  modes: ['cluster'],
  async run(on) {
    const orders = await several(on, on.isQuick ? 16 : 60);
    await Promise.all(orders.map((order) => on.place(order, 60_000)));
    on.strike('HighLevel refuses everything');
    await on.fault({ match: everything, kind: 'status', status: 503, times: 100_000 });
    await on.random.pause(1_500, 4_000);
    await on.world.simulator.clearFaults();
    const serial = await on.world.simulator.lastSerial();
    on.strike('HighLevel is back');
    await on.settle(60_000);
    const refused = (await on.world.simulator.journal(serial)).filter(({ status }) => status === 429);
    on.expect(refused.length === 0, 'no 429 after its return', refused.length);
  },
};

/** One job dies with its process each time it is begun. */
export const f45: Fault = {
  id: 'F45',
  title: 'A poison job takes its process with it each time',
  holds: 'it is set aside with a reason after a few deaths; its neighbours end as they would',
  modes: both,
  async run(on) {
    const { world } = on;
    const poison = await on.order('plain');
    poison.ends = ['needs-human'];
    const search = { match: callOf.search(poison), kind: 'hold' as const, times: 1_000 };
    await on.fault(search);
    const placing = on.place(poison);
    placing.catch(() => undefined); // told where it is awaited
    await on.release(await on.held([search]), 'answer'); // planning searches as well
    await placing;
    const neighbours: Order[] = [];
    await until(async () => {
      if ((await on.states()).get(poison.jobId!) === 'needs-human') return true;
      const [held, owners] = [await world.simulator.held(), await world.ownersOf([poison.jobId!])];
      if (held.length === 0 || owners.length === 0) return undefined;
      await on.kill(owners);
      await on.release(held);
      const whole = world.whole();
      if (world.mode === 'embedded') await whole;
      if (neighbours.length < 3) neighbours.push(await aNeighbour(on));
      await on.tryToPlace(neighbours.at(-1)!);
      await whole;
      return undefined;
    }, 240_000);
    await world.simulator.clearFaults();
    for (const order of neighbours) await on.place(order);
  },
};

/** In one process with the poison it dies as often, and nobody can tell the two apart. */
async function aNeighbour(on: Try): Promise<Order> {
  const order = await on.order('plain');
  if (on.world.mode === 'embedded') order.asksFor = ['no-progress'];
  return order;
}
