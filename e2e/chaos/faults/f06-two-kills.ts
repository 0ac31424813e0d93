import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import { callOf, type Order } from '../order.js';
import type { Try } from '../try.js';

/** The one that looks for what the first one lost dies as well, twice. */
export const f06: Fault = {
  id: 'F06',
  title: 'The next owner is killed while it looks',
  holds: 'three deaths in a row make no poison job; the third owner adopts',
  modes: both,
  async run(on) {
    const order = await on.order('plain');
    const creation = { match: callOf.create(order), kind: 'hold' as const, when: 'after' as const };
    await on.fault(creation);
    await on.place(order);
    const made = await on.held([creation]);
    // Every look is held: one that is given up for its time is made again, and must not find anything meanwhile.
    const search = { match: callOf.search(order), kind: 'hold' as const, times: 1_000 };
    await on.fault(search);
    await on.killOwners();
    await on.release(made);
    for (let look = 0; look < 2; look++) {
      await on.world.whole();
      await on.random.pause(0, 200);
      await killWhileItLooks(on, order);
    }
    await on.world.simulator.clearFaults();
    await on.world.whole();
  },
};

async function killWhileItLooks(on: Try, { jobId }: Order): Promise<void> {
  await until(async () => {
    const [held, owners] = [await on.world.simulator.held(), await on.world.ownersOf([jobId!])];
    if (held.length === 0 || owners.length === 0) return undefined;
    await on.kill(owners);
    await on.release(held);
    return true;
  }, 30_000);
}
