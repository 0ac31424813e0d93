import { both, type Fault } from '../fault.js';
import { callOf } from '../order.js';

/** The ledger is frozen, the answer arrives and cannot be written down, and the process dies with it. */
export const f03: Fault = {
  id: 'F03',
  title: 'Killed between the answer and its commit',
  holds: 'the answer that only the dead process knew is found again and adopted',
  modes: both,
  async run(on) {
    const orders = [await on.order('plain'), await on.order('user')];
    const scripts = orders.map((order) => ({
      match: order.kind === 'plain' ? callOf.create(order) : callOf.user(order),
      ...{ kind: 'hold' as const, when: 'after' as const },
    }));
    await on.fault(...scripts);
    await Promise.all(orders.map((order) => on.place(order)));
    const held = await on.held(scripts);
    const victims = await on.world.ownersOf(on.runIds());
    const unfreeze = await on.world.postgres.lock('run_steps');
    try {
      await on.release(held, 'answer');
      await on.random.pause(100, 600);
      await on.kill(victims);
    } finally {
      await unfreeze();
    }
    await on.world.whole();
  },
};
