import type { FaultScript } from '../../../backend/src/integrations/ghl/simulator/faults.js';
import { both, type Fault } from '../fault.js';
import { callOf, type Kind, type Order } from '../order.js';
import type { Try } from '../try.js';

const kinds = ['plain', 'load', 'value', 'user', 'access'] as const satisfies Kind[];

/** HighLevel holds one call of each kind, the processes that made them are killed, and nobody ever answers. */
async function killAtEachCall(on: Try, when: 'before' | 'after'): Promise<void> {
  const orders = await Promise.all(kinds.map((kind) => on.order(kind)));
  const scripts: FaultScript[] = orders.map((order) => ({ match: heldCall(order), kind: 'hold', when }));
  await on.fault(...scripts);
  await Promise.all(orders.map((order) => on.place(order)));
  const held = await on.held(scripts);
  await on.random.pause(0, 200);
  await on.killOwners();
  await on.release(held);
  await on.world.whole();
}

const heldCall = (order: Order) => callOf[order.kind === 'plain' ? 'create' : (order.kind as 'load')](order);

export const f01: Fault = {
  id: 'F01',
  title: 'Killed before a call takes effect',
  holds: 'each kind of call is made once by the next owner',
  modes: both,
  run: (on) => killAtEachCall(on, 'before'),
};

export const f02: Fault = {
  id: 'F02',
  title: 'Killed after a call took effect, before its answer',
  holds: 'what HighLevel made is found and adopted, never made again',
  modes: both,
  run: (on) => killAtEachCall(on, 'after'),
};
