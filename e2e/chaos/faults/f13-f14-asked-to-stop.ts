import { setTimeout as pause } from 'node:timers/promises';
import { both, type Fault, slack } from '../fault.js';
import { callOf } from '../order.js';
import { shortTimes } from '../world.js';

const drainMs = Number(shortTimes.DRAIN_MS);

export const f13: Fault = {
  id: 'F13',
  title: 'Asked to stop while calls are in flight',
  holds: 'a call that ends within the drain is written down and not looked for; the process ends in time and in order',
  modes: both,
  async run(on) {
    const order = await on.order('plain');
    const when = on.random.oneOf(['before', 'after'] as const);
    const creation = { match: callOf.create(order), kind: 'hold' as const, when };
    await on.fault(creation);
    await on.place(order);
    const held = await on.held([creation]);
    const [owner] = await on.world.ownersOf(on.runIds());
    on.strike(`SIGTERM of ${owner.name}`);
    const stopped = owner.stop('SIGTERM');
    await on.random.pause(50, 600);
    await on.release(held, 'answer');
    const end = await stopped;
    on.expect(end?.code === 0 && end.ms < drainMs + 5_000 * slack, 'ends with 0 within its grace', end);
    const [step] = await on.world.postgres.rows<{ state: string; via: string }>(
      `SELECT state, via FROM run_steps WHERE run_id = $1 AND name = 'create-location'`,
      [order.jobId],
    );
    on.expect(step.state === 'done' && step.via === 'direct', 'the answer that came in the drain is known', step);
    await on.world.whole();
  },
};

export const f14: Fault = {
  id: 'F14',
  title: 'Asked to stop twice, then killed',
  holds: 'the second asking skips the waiting; what was in flight is found by the next owner',
  modes: both,
  async run(on) {
    const order = await on.order('plain');
    const creation = {
      match: callOf.create(order),
      kind: 'hold' as const,
      when: on.random.oneOf(['before', 'after'] as const),
    };
    await on.fault(creation);
    await on.place(order);
    const held = await on.held([creation]);
    const [owner] = await on.world.ownersOf(on.runIds());
    on.strike(`SIGTERM twice, SIGKILL of ${owner.name}`);
    owner.signal('SIGTERM');
    await on.random.pause(20, 300);
    owner.signal('SIGTERM');
    await pause(500);
    await owner.kill();
    await on.release(held);
    await on.world.whole();
  },
};
