import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { callOf, type Order } from '../order.js';
import type { Try } from '../try.js';
import { shortTimes } from '../world.js';

const leaseMs = Number(shortTimes.LEASE_MS);

/** The process that holds the order, stopped in the middle of the creation of its sub-account. */
async function frozenOwner(on: Try, order: Order) {
  const creation = { match: callOf.create(order), kind: 'hold' as const, when: 'after' as const };
  await on.fault(creation);
  await on.place(order);
  const held = await on.held([creation]);
  const [owner] = await on.world.ownersOf(on.runIds());
  return { held, owner };
}

export const f11: Fault = {
  id: 'F11',
  title: 'A worker sleeps for three leases and wakes',
  holds: 'somebody else has finished its work; the sleeper writes nothing and calls nobody',
  modes: ['cluster'],
  async run(on) {
    const order = await on.order('plain');
    const { held, owner } = await frozenOwner(on, order);
    on.strike(`SIGSTOP of ${owner.name}`);
    owner.signal('SIGSTOP');
    await on.release(held, 'answer');
    await pause(3 * leaseMs + on.random.between(0, 1_000));
    owner.signal('SIGCONT');
    await pause(2 * leaseMs);
  },
};

export const f12: Fault = {
  id: 'F12',
  title: 'A worker stutters for three leases',
  holds: 'as for one long sleep: one effect, whoever ends up with the job',
  modes: ['cluster'],
  async run(on) {
    const order = await on.order('whole');
    await on.place(order);
    on.strike('workers stutter');
    for (let pulse = 0; pulse < 4; pulse++) {
      await on.random.pause(50, 400);
      const [owner] = await on.world.ownersOf(on.runIds());
      const victim = owner ?? on.random.oneOf(on.world.workers);
      victim.signal('SIGSTOP');
      await pause(leaseMs * 0.75 + on.random.between(0, leaseMs / 2));
      victim.signal('SIGCONT');
    }
  },
};
