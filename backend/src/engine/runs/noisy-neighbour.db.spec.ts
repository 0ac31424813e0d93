import { randomUUID } from 'node:crypto';
import { EngineWorld, pause } from '../../../test/engine/engine-world.js';
import { ManyRuns } from '../../../test/engine/many-runs.js';
import { napMs, napSaga, NapsModule } from '../../../test/engine/nap.saga.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import type { QueueLane } from '../queue/queue.port.js';

jest.setTimeout(120_000);

/**
 * Two workers with eight places each, and runs of 50 ms. One agency has ten thousand waiting. What an agency waits is the
 * time from the beginning of its run to the moment when a worker takes it, as the database saw both.
 */
describe('a noisy neighbour', () => {
  let world: EngineWorld;
  let many: ManyRuns;
  beforeEach(async () => {
    world = await EngineWorld.begin();
    many = new ManyRuns(world, { name: 'nap', steps: ['nap'] });
    for (let count = 0; count < 2; count++)
      await (
        await world.addProcess({ WORKER_CONCURRENCY: '8', LEASE_MS: '15000', HEARTBEAT_MS: '5000' }, [NapsModule])
      ).worker.start();
  });
  afterEach(() => world.end());

  const begin = (tenant: TenantId, queue: QueueLane) => {
    const { app, runs } = world.processes[1];
    const beginning = { key: randomUUID(), input: {}, title: 'Nap', lane: 'lane-1', createdBy: 'user:test', queue };
    return app.get(Transaction).run(tenant, (tx) => runs.begin(tx, napSaga, beginning));
  };
  const noise = async (tenant: TenantId, queue: QueueLane, count = 10_000) => {
    for (let made = 0; made < count; made += 2_500) await many.ready(tenant, queue, 2_500);
    await pause(1_000);
  };
  /** What each run of this queue had to wait, when all have been taken. */
  async function p95Wait(tenant: TenantId, queue: QueueLane): Promise<number> {
    for (;;) {
      const [{ open, p95 }] = await many.in<{ open: number; p95: number }>(
        tenant,
        `SELECT count(*) FILTER (WHERE first_claimed_at IS NULL)::int AS open,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM first_claimed_at - created_at) * 1000)::float8 AS p95
         FROM runs WHERE agency_id = $1 AND queue = $2`,
        [tenant, queue],
      );
      if (open === 0) return p95;
      await pause(50);
    }
  }
  const waiting = async (tenant: TenantId) => {
    const [{ count }] = await many.in<{ count: number }>(
      tenant,
      `SELECT count(*)::int FROM runs WHERE state = 'ready'`,
    );
    return count;
  };
  /** One after the other, in the pace of people; returns what they waited. */
  async function trickle(queue: QueueLane, tenant: TenantId, runs = 60): Promise<number> {
    for (let count = 0; count < runs; count++) {
      await begin(tenant, queue);
      await pause(Math.random() * 2 * napMs);
    }
    return p95Wait(tenant, queue);
  }
  const takenSince = (tenant: TenantId, begunAt: string) =>
    many.in<{ at: number }>(
      tenant,
      `SELECT (extract(epoch FROM first_claimed_at - $2) * 1000)::float8 AS at FROM runs
       WHERE agency_id = $1 AND first_claimed_at > $2 ORDER BY 1`,
      [tenant, begunAt],
    );

  it('at most doubles what another agency waits when it comes now and then', async () => {
    const alone = await trickle('default', await many.agency());
    const [noisy, quiet] = [await many.agency(), await many.agency()];
    await noise(noisy, 'default');
    const beside = await trickle('default', quiet);
    expect(await waiting(noisy)).toBeGreaterThan(5_000);
    expect(beside).toBeLessThan(2 * alone + napMs);
  });

  /** Counted and not timed: as many of the neighbour's as of its own, so it takes twice as long as alone on any machine. */
  it('has at most every second turn when another agency comes with more at once than there are places', async () => {
    const [noisy, busy] = [await many.agency(), await many.agency()];
    await noise(noisy, 'default');
    await many.ready(busy, 'default', 100);
    await begin(busy, 'default');
    await p95Wait(busy, 'default');
    const newest = 'SELECT max(created_at)::text AS at FROM runs WHERE agency_id = $1';
    const [{ at: begunAt }] = await many.in<{ at: string }>(busy, newest, [busy]);
    const [own, theirs] = [await takenSince(busy, begunAt), await takenSince(noisy, begunAt)];
    expect(own.length).toBeGreaterThan(80);
    // Both deal on their own, each with its eight places.
    const oneRound = 8;
    const over = own.map(({ at }, turn) => theirs.filter((their) => their.at < at).length - turn - 1);
    expect(Math.max(...over)).toBeLessThanOrEqual(oneRound);
  });

  it('keeps nobody waiting for what they look at: interactive runs start within a second beside a bulk', async () => {
    const agency = await many.agency();
    await noise(agency, 'bulk');
    const p95 = await trickle('priority', agency);
    expect(await waiting(agency)).toBeGreaterThan(5_000);
    expect(p95).toBeLessThan(1_000);
  });
});
