import { both, type Fault } from '../fault.js';
import { callOf } from '../order.js';

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
    const search = { match: callOf.search(order), kind: 'hold' as const };
    await on.fault(search);
    await on.killOwners();
    await on.release(made);
    await on.world.whole();
    for (let look = 0; look < 2; look++) {
      const looking = await on.held([search]);
      await on.random.pause(0, 200);
      // The next owner may look before everything is whole again.
      if (look === 0) await on.fault(search);
      await on.killOwners();
      await on.release(looking);
      await on.world.whole();
    }
  },
};
