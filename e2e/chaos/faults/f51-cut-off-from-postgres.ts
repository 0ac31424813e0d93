import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import { callOf } from '../order.js';
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
    const { world } = on;
    const order = await on.order('plain');
    const search = { match: callOf.search(order), kind: 'hold' as const };
    // The API searches as well, when it plans; its call comes first and is let through.
    await on.fault(search, search);
    const placing = on.place(order);
    await on.release(await on.held([search]), 'answer');
    await placing;
    const held = await on.held([search]);
    const [owner] = await world.ownersOf(on.runIds());
    const cable = world.cables.get(owner)!;
    on.strike(`${owner.name} is cut off from Postgres`);
    cable.stall();
    await on.release(held, 'answer');
    const before = await world.simulator.lastSerial();
    await on.settle(20_000);
    await on.random.pause(0, 500);
    const creations = (await world.simulator.journal(before)).filter(
      ({ method, path }) => method === 'POST' && path === '/locations/',
    );
    on.expect(creations.length === 1, 'one creation, by the one who could prove its lease', creations.length);
    cable.heal();
    await pause(leaseMs);
  },
};
