import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { slack, type Fault } from '../fault.js';
import type { Try } from '../try.js';

const noiseOf = ({ isQuick }: Try) => (isQuick ? 30 : 120);
const measured = 8;
/** Waits this short are as good as none, whatever they were alone. */
export const unnoticedMs = 1_000 * slack;

/** Another agency has much to do, and its HighLevel fails. */
export const f50: Fault = {
  id: 'F50',
  title: 'A noisy agency whose provider fails',
  holds: "another agency's work is begun as soon as if it were alone, or at most twice as late",
  modes: ['cluster'],
  async run(on) {
    const { world } = on;
    const noisy = await world.anotherAgency(on.name);
    const alone = await waits(on);
    await on.fault({
      match: { method: 'POST', path: '^/locations/$', about: noisy.companyId },
      ...{ kind: 'status', status: 503, times: 100_000 },
    });
    const jobs = await Promise.all(
      Array.from({ length: noiseOf(on) }, (_, index) => placeFor(on, noisy.headers, index)),
    );
    on.strike('the noise has begun');
    const beside = await waits(on);
    on.expect(beside <= Math.max(2 * alone, unnoticedMs), 'the wait is at most doubled', { alone, beside });
    await world.simulator.clearFaults();
    await until(async () => {
      const open = await world.postgres.rows(
        `SELECT 1 FROM runs WHERE id = ANY ($1) AND state NOT IN ('done', 'failed', 'needs-human')`,
        [jobs],
      );
      return open.length === 0 || undefined;
    }, 120_000);
  },
};

/** A job without a snapshot for whoever these headers speak for. */
export async function placeFor(on: Try, headers: Record<string, string>, index: number): Promise<string> {
  const name = `Noise ${on.name}-${index}`;
  const request = {
    business: { name, email: `noise.${on.name}-${index}@chaos.example` },
    snapshot: 'none',
    customValues: [],
    users: [],
    existing: 'refuse',
  };
  return until(async () => {
    const answer = await on.world.ask('POST', '/api/provision', request, { ...headers, 'idempotency-key': name });
    return answer.status === 202 ? answer.json<{ jobId: string }>().jobId : undefined;
  }, 60_000);
}

/** The longest wait of a few orders, from the answer to the first step. */
export async function waits(on: Try): Promise<number> {
  const orders = await Promise.all(Array.from({ length: measured }, () => on.order('takeover')));
  for (const order of orders) {
    await on.place(order);
    await pause(50);
  }
  await on.settle(60_000);
  const [{ ms }] = await on.world.postgres.rows<{ ms: number }>(
    'SELECT max(extract(epoch FROM first_claimed_at - created_at) * 1000)::float AS ms FROM runs WHERE id = ANY ($1)',
    [orders.map(({ jobId }) => jobId)],
  );
  return Math.round(ms);
}
