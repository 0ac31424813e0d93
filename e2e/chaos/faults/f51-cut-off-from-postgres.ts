import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { callOf } from '../order.js';
import type { Try } from '../try.js';
import { shortTimes } from '../world.js';

const leaseMs = Number(shortTimes.LEASE_MS);

/**
 * A worker still reaches HighLevel and no longer Postgres. What it wanted to write is on its way all the time, and arrives
 * when somebody else has long finished the job.
 */
export const f51: Fault = {
  id: 'F51',
  title: 'A worker is cut off from Postgres and its writes arrive late',
  holds: 'it starts no call once its lease is not provable; what arrives late is refused',
  modes: ['cluster'],
  world: { cables: true },
  async run(on) {
    await cutOffWhile(on, 'it looks whether the sub-account is there', 'search');
    await cutOffWhile(on, 'it hears that the sub-account was made', 'create');
  },
};

/** What it wants to write after the answer reaches Postgres when the job has long been done by somebody else. */
async function cutOffWhile(on: Try, what: string, call: 'search' | 'create'): Promise<void> {
  const { world } = on;
  const order = await on.order('plain');
  const script = { match: callOf[call](order), kind: 'hold' as const, when: 'after' as const };
  await on.fault(script);
  const placing = on.place(order);
  if (call === 'search') {
    // Planning searches as well; its call comes first and is let through.
    await on.fault(script);
    await on.release(await on.held([script]), 'answer');
  }
  await placing;
  const held = await on.held([script]);
  const [owner] = await world.ownersOf([order.jobId!]);
  const cable = world.cables.get(owner)!;
  on.strike(`${owner.name} is cut off from Postgres while ${what}`);
  cable.stall();
  await on.release(held, 'answer');
  await on.settle(40_000);
  await on.random.pause(0, 500);
  cable.heal();
  await pause(leaseMs);
}
