import { setTimeout as pause } from 'node:timers/promises';
import { both, type Fault } from '../fault.js';
import type { Order } from '../order.js';
import type { Try } from '../try.js';

const killsOf = ({ isQuick }: Try) => (isQuick ? 3 : 8);
const underWay = 6;

/** Kills on and on, some in the middle of a start, while work of every kind is under way. Nobody helps with a retry. */
export const f05: Fault = {
  id: 'F05',
  title: 'Killed at random moments',
  holds:
    'nothing is lost or doubled; what was killed twice right before its call left may ask for a person, and says so',
  modes: both,
  async run(on) {
    const orders: Order[] = [];
    for (let kill = 1; kill <= killsOf(on); kill++) {
      await topUp(on, orders);
      await on.random.pause(100, 2_500);
      const victims = on.world.processes.filter(() => on.random.next() < 0.4);
      await on.kill(victims.length > 0 ? victims : [on.random.oneOf(on.world.processes)]);
      if (on.random.next() < 0.15) await killWhileStarting(on, victims[0] ?? on.world.processes[0]);
      await on.world.whole();
    }
    for (const order of orders) await on.place(order);
  },
};

async function topUp(on: Try, orders: Order[]): Promise<void> {
  const states = await on.states();
  const open = orders.filter(({ jobId }) => !jobId || states.get(jobId) !== 'done').length;
  for (let missing = underWay - open; missing > 0; missing--) {
    const order = await on.order(on.random.oneOf(['whole', 'plain', 'takeover']));
    order.asksFor = ['no-trace'];
    orders.push(order);
  }
  await Promise.all(orders.filter(({ jobId }) => !jobId).map((order) => on.tryToPlace(order)));
}

async function killWhileStarting(on: Try, victim: Try['world']['processes'][number]): Promise<void> {
  victim.launch();
  await pause(on.random.between(50, 1_500));
  on.note('killed while it started', victim.name);
  await victim.kill();
}
