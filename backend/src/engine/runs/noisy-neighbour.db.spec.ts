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
  /** More at once than there are places. */
  async function burst(tenant: TenantId): Promise<number> {
    await many.ready(tenant, 'default', 100);
    await begin(tenant, 'default');
    return p95Wait(tenant, 'default');
  }

  it('at most doubles what another agency waits, whether it comes now and then or with many at once', async () => {
    const alone = { trickle: await trickle('default', await many.agency()), burst: await burst(await many.agency()) };
    const [noisy, quiet, busy] = [await many.agency(), await many.agency(), await many.agency()];
    await noise(noisy, 'default');
    const beside = { trickle: await trickle('default', quiet), burst: await burst(busy) };
    const left = await waiting(noisy);
    expect(left).toBeGreaterThan(5_000);
    expect(beside.trickle).toBeLessThan(2 * alone.trickle + napMs);
    // One run of the neighbour's ends before the first place is free, and with half the places the last round is another.
    expect(beside.burst).toBeLessThan(2 * alone.burst + 2 * napMs);
  });

  it('keeps nobody waiting for what they look at: interactive runs start within a second beside a bulk', async () => {
    const agency = await many.agency();
    await noise(agency, 'bulk');
    const p95 = await trickle('priority', agency);
    expect(await waiting(agency)).toBeGreaterThan(5_000);
    expect(p95).toBeLessThan(1_000);
  });
});
