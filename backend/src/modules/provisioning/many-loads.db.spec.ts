import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { countLoadCalls } from './snapshot-look.js';

jest.setTimeout(90_000);

/** A batch loads one snapshot into many sub-accounts: that must not spend the agency's budget on asking how far it is. */
describe('50 loads of one snapshot', () => {
  const count = 50;
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({
      simulator: { speed: 1, loadMs: { min: 9_000, max: 10_000 } },
      env: { SNAPSHOT_POLL_MS: '1000', WORKER_CONCURRENCY: '12', CALL_DEADLINE_MS: '10000', LEASE_MS: '10000' },
    });
    const [{ id: companyId }] = (await world.state()).companies;
    const snapshot = { companyId, type: 'own', assets: ['custom_values', 'workflows'], customValues: [] };
    await world.sim.post('seed', { snapshots: [{ id: 'shared', name: 'Shared', ...snapshot }] });
    await world.connect();
    await world.addProcess();
    await world.work(0);
    await world.work(1);
    const known = () => world.in((tx) => tx.query('SELECT 1 FROM snapshots WHERE agency_id = $1', [world.tenant]));
    while ((await known()).length === 0) await pause(20);
  });
  afterAll(() => world.end());

  it('cost the polls of one, in all processes together, and one question each for what was loaded', async () => {
    const request = () => aRequest({ snapshot: { id: 'shared' }, customValues: [], users: [] });
    const jobs: { jobId: string }[] = [];
    while (jobs.length < count)
      jobs.push(...(await Promise.all(Array.from({ length: 5 }, () => world.start(request())))));
    for (const { jobId } of jobs) {
      const job = await world.until(jobId, 'done', 60_000);
      expect(job.steps[2]).toMatchObject({
        state: 'done',
        output: { completed: ['custom_values', 'workflows'], missing: [] },
      });
    }
    const path = '^/snapshots/snapshot-status/shared';
    const pages = await world.journal('GET', new RegExp(`${path}$`));
    const looks = pages.filter(({ query }) => !new URLSearchParams(query).get('lastDoc'));
    const details = await world.journal('GET', new RegExp(`${path}/location/`));
    const tookMs = Date.parse(looks.at(-1)!.at) - Date.parse(looks[0].at);
    expect(looks.length).toBeLessThanOrEqual(Math.ceil(tookMs / 1_000) + 1);
    // Above 20 loads a page may not be the last one; HighLevel does not tell.
    expect(pages.length).toBeLessThanOrEqual(2 * looks.length);
    // One for each load that is over; the last one that is alone may be asked how far it is.
    expect(details.length).toBeGreaterThanOrEqual(count);
    expect(details.length).toBeLessThanOrEqual(count + 4);
    expect(pages.length + details.length).toBeLessThanOrEqual(countLoadCalls(count, tookMs, 0, 1_000) + 4);
    const asked = await world.in((tx) =>
      tx.query('SELECT 1 FROM ghl_snapshot_looks WHERE agency_id = $1', [world.tenant]),
    );
    expect(asked).toHaveLength(1);
  });
});
