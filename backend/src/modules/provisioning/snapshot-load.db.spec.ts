import { aRequest, ProvisioningWorld } from '../../../test/provisioning-world.js';

jest.setTimeout(40_000);

/** HighLevel loads a snapshot in the background, asset by asset, and some of them may fail. */
describe('the load of a snapshot', () => {
  let world: ProvisioningWorld;
  let companyId: string;
  const assets = ['custom_values', 'pipelines', 'workflows'];

  beforeAll(async () => {
    world = await ProvisioningWorld.begin({
      simulator: { loadOverwritesValues: true },
      env: { SNAPSHOT_LOAD_LIMIT: '1s' },
    });
    [{ id: companyId }] = (await world.state()).companies;
    const common = { companyId, type: 'own', assets, customValues: ['Hours', 'Brought'] };
    await world.sim.post('seed', {
      snapshots: [
        { id: 'whole', name: 'Whole', ...common },
        { id: 'partly', name: 'Partly', ...common, firstLoadFails: ['custom_values'] },
        { id: 'broken', name: 'Broken', ...common, alwaysFails: true },
        { id: 'stuck', name: 'Stuck', ...common, stuck: true },
      ],
    });
    await world.connect();
    await world.work();
    while (
      (await world.in((tx) => tx.query('SELECT 1 FROM snapshots WHERE agency_id = $1', [world.tenant]))).length === 0
    );
  });
  afterAll(() => world.end());

  const anOrder = (id: string) =>
    aRequest({ snapshot: { id }, customValues: [{ name: 'Hours', value: 'nine to five' }], users: [] });
  const loadsAsked = async (locationId: unknown) =>
    (await world.journal('PUT', new RegExp(`^/locations/${String(locationId)}$`), { applied: true })).map(
      ({ body }) => body,
    );
  const valuesOf = async (locationId: unknown) =>
    Object.fromEntries(
      (await world.state()).customValues
        .filter((value) => value.locationId === locationId)
        .map(({ name, value }) => [name, value]),
    );

  it('comes with a new sub-account and is waited for, then the values are written into its names', async () => {
    const { output, steps } = await world.provision(anOrder('whole'));
    const { locationId } = output as { locationId: string };
    expect(steps[2]).toMatchObject({ state: 'done', output: { completed: assets, missing: [] } });
    expect(await loadsAsked(locationId)).toEqual([]);
    expect(await valuesOf(locationId)).toEqual({ Hours: 'nine to five', Brought: '' });
  });

  it('that is partial shows yellow; retry loads the missing part only, and the values are right afterwards', async () => {
    const job = await world.provision(anOrder('partly'));
    const { locationId } = job.output as { locationId: string };
    expect(job).toMatchObject({
      state: 'done',
      attention: { code: 'snapshot-partly-loaded', step: 'await-snapshot-load' },
    });
    expect(job.attention!.cause).toContain('missing: custom_values');
    expect(job.steps[2]).toMatchObject({ state: 'partial' });

    await world.retry(job.id);
    const repaired = await world.until(job.id, ({ state, attention }) => state === 'done' && attention === null);
    expect(repaired.steps.map(({ state }) => state)).toEqual(Array(6).fill('done'));
    expect(await loadsAsked(locationId)).toEqual([{ companyId, snapshot: { id: 'partly', override: false } }]);
    expect(await valuesOf(locationId)).toEqual({ Hours: 'nine to five', Brought: '' });
    expect(await world.journal('POST', /customValues$/, { applied: true })).toHaveLength(1);
  });

  it('that failed asks a person, whose retry asks HighLevel again', async () => {
    const job = await world.provision(anOrder('broken'), 'needs-human');
    expect(job.attention).toMatchObject({ code: 'snapshot-load-failed' });
    await world.sim.post('seed', { snapshots: [{ id: 'broken', alwaysFails: false }] });
    await world.retry(job.id);
    await world.until(job.id, 'done');
  });

  it('that does not end is shown to a person after a while, and looked at again on retry', async () => {
    const job = await world.provision(anOrder('stuck'), 'needs-human');
    expect(job.attention).toMatchObject({ code: 'snapshot-load-slow' });
    await world.retry(job.id);
    await world.until(job.id, ({ state }) => state !== 'needs-human');
    expect((await world.until(job.id, 'needs-human')).attention).toMatchObject({ code: 'snapshot-load-slow' });
  });

  it('is asked for once in a sub-account that was taken over, and not again when it is there', async () => {
    const request = { ...anOrder('whole'), existing: 'adopt' };
    const { name, email } = request.business;
    const fields = { email, city: request.business.city };
    const live = { id: 'adopted', companyId, name, active: true, createdAt: 0, visibleAt: 0, installedAt: 1, fields };
    await world.sim.post('seed', { locations: [live] });
    await world.provision(request);
    expect(await loadsAsked('adopted')).toHaveLength(1);
    await world.provision(request);
    expect(await loadsAsked('adopted')).toHaveLength(1);
  });

  it('is not begun when HighLevel no longer has the snapshot', async () => {
    await world.sim.post('seed', { snapshots: [{ id: 'whole', companyId: 'another' }] });
    const request = anOrder('whole');
    const job = await world.provision(request, 'failed');
    expect(job.attention).toMatchObject({ code: 'snapshot-gone', step: 'choose-snapshot' });
    expect((await world.state()).locations.some(({ name }) => name === request.business.name)).toBe(false);
  });
});
