import { randomUUID } from 'node:crypto';
import { ProvisioningWorld } from '../../../test/provisioning-world.js';
import { RunsService } from '../../engine/runs/index.js';
import { laneOf } from '../ghl-oauth/index.js';
import { locationAuditSaga } from './location-audit.saga.js';

jest.setTimeout(90_000);

/** The audits of a batch must not cost more than the batch, and still find what HighLevel applied late. */
describe('50 looks for a second sub-account that are due at once', () => {
  const count = 50;
  const pages = 3;
  let world: ProvisioningWorld;
  let connectionId: string;
  let serial = 0;

  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ env: { LOCATION_AUDIT_AFTER: '1s,1h,1d', WORKER_CONCURRENCY: '8' } });
    await world.connect();
    await world.addProcess();
    ({ id: connectionId } = await world.connection());
  });
  afterAll(() => world.end());

  const profile = (index: number) => ({ name: `Clinic ${index}`, email: `clinic.${index}@many.example` });

  /** Newer than all others, in this order. */
  async function seed(locations: { id: string; name: string; email: string }[]): Promise<void> {
    const [{ id: companyId }] = (await world.state()).companies;
    const place = { companyId, active: true, visibleAt: 0 };
    const made = locations.map(({ id, name, email }) => ({
      ...{ ...place, id, name, fields: { email } },
      createdAt: Date.now() + serial++,
    }));
    await world.sim.post('seed', { locations: made });
  }

  async function begin(index: number, before: string[]): Promise<string> {
    return world.in(async (tx) => {
      const createdAt = new Date(Date.now() - 5_000).toISOString();
      const input = { connectionId, locationId: `made-${index}`, business: profile(index), before, createdAt };
      const title = `Look for a second Clinic ${index}`;
      const { id } = await world.get(RunsService).begin(tx, locationAuditSaga, {
        key: `audit:${randomUUID()}`,
        lane: laneOf(connectionId),
        input,
        title,
        createdBy: 'system',
        queue: 'bulk',
      });
      return id;
    });
  }

  it('share one list of the newest, and find the second one among them', async () => {
    await seed([{ id: 'earlier', name: 'Earlier', email: 'earlier@many.example' }]);
    for (let index = 0; index < count; index++) {
      await seed([{ id: `made-${index}`, ...profile(index) }]);
      await seed(
        Array.from({ length: 4 }, (_, n) => ({ id: `o-${index}-${n}`, name: `Other ${n}`, email: 'o@many.example' })),
      );
    }
    // One was applied long after, one of the same name belongs to somebody else.
    await seed([
      { id: 'second', ...profile(7) },
      { id: 'namesake', name: profile(9).name, email: 'namesake@many.example' },
    ]);
    const ids: string[] = [];
    // The newest begin: each of them but the last sees less far back than the next one needs.
    for (let index = count - 1; index >= 0; index--)
      ids[index] = await begin(index, [index === 0 ? 'earlier' : `o-${index - 1}-3`]);
    await world.work(0);
    await world.work(1);
    for (const [index, id] of ids.entries()) {
      const firstLook = await world.until(
        id,
        ({ state, steps }) => state === 'needs-human' || steps[0].state === 'done',
        40_000,
      );
      expect([index, firstLook.attention?.code]).toEqual([index, index === 7 ? 'second-location' : undefined]);
    }
    const listings = await world.journal('GET', /^\/locations\/search$/);
    expect(listings.length).toBeGreaterThanOrEqual(pages);
    expect(listings.length).toBeLessThanOrEqual(2 * pages);
    expect(await world.journal('GET', /^\/locations\/(?!search)/)).toHaveLength(2);
  });

  it('but a look that began before an audit was due is not taken for it', async () => {
    await seed([{ id: 'late', ...profile(11) }]);
    const id = await begin(11, ['o-10-3']);
    await world.in((tx) => tx.query(`UPDATE ghl_location_looks SET looked_at = now() - interval '1 h'`));
    const job = await world.until(id, 'needs-human', 20_000);
    expect(job.attention).toMatchObject({ code: 'second-location', cause: expect.stringContaining('late') });
  });

  it('queue for nobody who has the list in hand: they come back', async () => {
    await world.in((tx) => tx.query(`UPDATE ghl_location_looks SET looked_at = now() - interval '1 h'`));
    const { promise: end, resolve: letGo } = Promise.withResolvers<void>();
    const holding = world.in(async (tx) => {
      await tx.query('SELECT 1 FROM ghl_location_looks FOR UPDATE');
      await end;
    });
    const id = await begin(12, ['o-11-3']);
    const { waitingFor } = await world.until(id, 'waiting').finally(letGo);
    expect(waitingFor).toBe('schedule');
    await holding;
    await world.until(id, ({ steps }) => steps[0].state === 'done', 20_000);
  });
});
