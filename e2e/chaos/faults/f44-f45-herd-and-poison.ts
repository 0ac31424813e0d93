import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import type { Order } from '../order.js';
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
    const orders = await several(on, 40);
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
    const poison = await on.order('takeover');
    poison.ends = ['needs-human'];
    const neighbours: Order[] = [];
    await on.place(poison);
    await until(async () => {
      const [run] = await on.world.postgres.rows<{ state: string; no_progress: number }>(
        'SELECT state, no_progress FROM runs WHERE id = $1',
        [poison.jobId],
      );
      if (run.state === 'needs-human') return true;
      const owners = run.state === 'running' ? await on.world.ownersOf([poison.jobId!]) : [];
      if (owners.length === 0) return undefined;
      await on.kill(owners);
      if (neighbours.length < 3) neighbours.push(await aNeighbour(on));
      await on.world.whole();
      await on.tryToPlace(neighbours.at(-1)!);
      return undefined;
    }, 120_000);
    for (const order of neighbours) await on.place(order);
  },
};

/** In one process with the poison it dies as often, and nobody can tell the two apart. */
async function aNeighbour(on: Try): Promise<Order> {
  const order = await on.order('plain');
  if (on.world.mode === 'embedded') order.asksFor = ['no-progress'];
  return order;
}
