import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.js';
import type { Order } from '../order.js';
import type { Try } from '../try.js';
import type { World } from '../world.js';

/**
 * A worker still reaches HighLevel and no longer Postgres. What it wanted to write is on its way all the time, and arrives
 * when somebody else has long finished the job, or is in the middle of it.
 */
export const f51: Fault = {
  id: 'F51',
  title: 'A worker is cut off from Postgres and its writes arrive late',
  holds: 'it starts no call once its lease is not provable; what arrives late is refused',
  modes: ['cluster'],
  world: { cables: true },
  async run(on) {
    await cutOff(on, { untilDone: false });
    await cutOff(on, { untilDone: true });
  },
};

async function cutOff(on: Try, { untilDone }: { untilDone: boolean }): Promise<void> {
  const { world } = on;
  const order = await on.order('whole');
  const script = { match: { method: 'GET', path: '^/snapshots/$' }, kind: 'hold' as const };
  await on.fault(script);
  await on.place(order);
  const held = await on.held([script]);
  const [owner] = await world.ownersOf([order.jobId!]);
  const cable = world.cables.get(owner)!;
  on.strike(`${owner.name} is cut off from Postgres`);
  cable.stall();
  if (!untilDone) await on.fault(script);
  // What it writes now arrives when the next holder has finished, or waits for HighLevel's answer and writes nothing.
  await on.release(held, 'answer');
  const next = untilDone ? [] : await on.held([script]);
  if (untilDone) await on.settle(40_000);
  // All within the deadline of the next holder's call: when that is over it writes, as it should.
  await on.random.pause(0, 300);
  const before = await recorded(world, order);
  cable.heal();
  await pause(500);
  const after = await recorded(world, order);
  on.expect(after === before, 'what arrives late is refused', { before, after });
  await on.release(next, 'answer');
  await on.settle(40_000);
}

/** Everything that a holder writes of its job: state, lines of the log, steps. */
async function recorded({ postgres }: World, { jobId }: Order): Promise<string> {
  const rows = await postgres.rows(
    `SELECT r.state, r.fence, r.event_seq,
       (SELECT json_agg(s ORDER BY s.ordinal) FROM (SELECT ordinal, state, fence, ext_id FROM run_steps
          WHERE agency_id = r.agency_id AND run_id = r.id) AS s) AS steps
     FROM runs r WHERE r.id = $1`,
    [jobId],
  );
  return JSON.stringify(rows);
}
