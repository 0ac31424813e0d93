import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import type { FaultScript } from '../../integrations/ghl/simulator/faults.js';

jest.setTimeout(40_000);

/** Taking back removes what the job made and nothing else: HighLevel is afterwards as it was before. */
describe('undo', () => {
  let world: ProvisioningWorld;
  let snapshotId: string;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ simulator: { allowLocationDelete: true } });
    snapshotId = (await world.state()).snapshots.find((each) => !each.firstLoadFails && !each.alwaysFails)!.id;
    await world.connect();
    await world.work();
    while (
      (await world.in((tx) => tx.query('SELECT 1 FROM snapshots WHERE agency_id = $1', [world.tenant]))).length === 0
    );
  });
  afterAll(() => world.end());
  afterEach(() => fetch(`${world.simulator.url}/__sim/faults`, { method: 'DELETE' }));

  const shared = { firstName: 'Priya', lastName: 'Raman', email: 'priya.raman@northwindgrowth.example' };
  const everything = (more: object = {}) => {
    const request = aRequest({ snapshot: { id: snapshotId }, ...more });
    return { ...request, users: [...request.users, shared] };
  };
  const world0 = async () => {
    const { locations, customValues, users, loads } = await world.state();
    return { locations, customValues, users, loads };
  };
  const undone = async (id: string) => {
    await world.undo(id);
    const job = await world.until(id, ({ state }) => state === 'undone' || state === 'needs-human');
    await pause(30); // HighLevel takes a moment to delete a user
    return job;
  };

  it('of a finished job leaves HighLevel as it was', async () => {
    const before = await world0();
    const job = await world.provision(everything());
    expect(await world0()).not.toEqual(before);
    expect(await undone(job.id)).toMatchObject({ state: 'undone' });
    expect(await world0()).toEqual(before);
  });

  const refusals: [string, FaultScript['match']][] = [
    ['create-location', { method: 'POST', path: '^/locations/$' }],
    ['apply-custom-values', { method: 'PUT', path: 'customValues/' }],
    ['apply-custom-values', { method: 'POST', path: 'customValues$' }],
    ['invite-users', { method: 'POST', path: '^/users/$' }],
    ['invite-users', { method: 'PUT', path: '^/users/' }],
    ['verify-location', { method: 'GET', path: '^/users/search$' }],
  ];
  it.each(refusals)('of a job that failed in %s leaves HighLevel as it was', async (step, match) => {
    const before = await world0();
    await world.sim.fault({ match, kind: 'status', status: 422, body: { message: ['that will not do'] }, times: 1 });
    const names = (await world.state()).snapshots.find(({ id }) => id === snapshotId)!.customValues;
    const values = [
      { name: names[0], value: 'ours' },
      { name: 'Not of the snapshot', value: 'ours' },
    ];
    const job = await world.provision(everything({ customValues: values }), 'failed');
    expect(job.attention).toMatchObject({ step });
    if (step !== 'create-location') expect(await undone(job.id)).toMatchObject({ state: 'undone' });
    expect(await world0()).toEqual(before);
  });

  const calls: [string, FaultScript['match']][] = [
    ['choose-snapshot', { method: 'GET', path: '^/snapshots/$' }],
    ['create-location', { method: 'POST', path: '^/locations/$' }],
    ['await-snapshot-load', { method: 'GET', path: 'snapshot-status' }],
    ['apply-custom-values', { method: 'PUT', path: 'customValues/' }],
    ['invite-users', { method: 'POST', path: '^/users/$' }],
  ];
  it.each(calls)('follows a cancel during %s, which stops after that step', async (step, match) => {
    const before = await world0();
    await world.sim.fault({ match, kind: 'hold' });
    const { jobId } = await world.start(everything());
    while ((await world.state()).held.length === 0) await pause(10);
    await world.cancel(jobId);
    await world.sim.post('release');
    const cancelled = await world.until(jobId, 'cancelled');
    const open = cancelled.steps.filter(({ state }) => state === 'intent' || state === 'unknown');
    expect(open.every(({ name }) => name === 'await-snapshot-load')).toBe(true);
    const next = cancelled.steps.findIndex(({ name }) => name === step) + 1;
    expect(cancelled.steps.slice(next).map(({ state }) => state)).toEqual(
      cancelled.steps.slice(next).map(() => 'planned'),
    );
    if (cancelled.actions.includes('undo')) await undone(jobId);
    expect(await world0()).toEqual(before);
  });

  it('of a sub-account that was taken over puts back what we changed, and leaves what a person changed since', async () => {
    const [{ id: companyId }] = (await world.state()).companies;
    const request = aRequest({
      existing: 'adopt',
      customValues: [
        { name: 'Hours', value: 'new' },
        { name: 'Fax', value: '9' },
      ],
    });
    const { name, email } = request.business;
    const live = { id: 'kept', companyId, name, active: true, createdAt: 0, visibleAt: 0, installedAt: 1 };
    await world.sim.post('seed', {
      locations: [{ ...live, fields: { email, city: 'Dallas', phone: '+14155550100' } }],
    });
    const before = await world0();
    const job = await world.provision({ ...request, business: { ...request.business, phone: '+14155550199' } });
    const [changed] = (await world.state()).locations.filter(({ id }) => id === 'kept');
    expect(changed.fields).toMatchObject({ city: 'Austin', phone: '+14155550199' });
    await world.sim.post('seed', { locations: [{ id: 'kept', fields: { ...changed.fields, phone: '+14155550111' } }] });
    expect(await undone(job.id)).toMatchObject({ state: 'undone' });
    const after = await world0();
    const fields = after.locations.find(({ id }) => id === 'kept')!.fields;
    expect(fields).toMatchObject({ city: 'Dallas', phone: '+14155550111' });
    expect({ ...after, locations: [] }).toEqual({ ...before, locations: [] });
  });

  it('does not remove a person who has entered another sub-account since', async () => {
    const request = aRequest();
    const job = await world.provision(request);
    const [{ id: other }] = (await world.state()).locations;
    const person = async () => (await world.state()).users.find(({ email }) => email === request.users[0].email);
    const { id, locationIds } = (await person())!;
    await world.sim.post('seed', { users: [{ id, locationIds: [...locationIds, other] }] });
    await undone(job.id);
    expect((await person())!.locationIds).toEqual([other]);
  });

  it('asks a person where HighLevel does not let us delete, and ends when it is gone', async () => {
    const before = await world0();
    const job = await world.provision(everything());
    const scopes = ['none'];
    await world.sim.fault({
      match: { method: 'DELETE', path: '^/locations/' },
      ...{ kind: 'status', status: 401, body: { message: 'The token is not authorized for this scope.' }, times: 2 },
    });
    expect(await undone(job.id)).toMatchObject({ state: 'needs-human', attention: { code: 'delete-by-hand' } });
    await world.retry(job.id);
    await pause(200);
    await world.until(job.id, 'needs-human');

    const [{ id: companyId }] = (await world.state()).companies;
    const pit = { holder: 'Company', companyId, pit: true, expiresAt: Number.MAX_SAFE_INTEGER, scopes };
    await world.sim.post('seed', { access: { 'by-hand': pit } });
    const { locationId } = job.output as { locationId: string };
    await fetch(`${world.simulator.url}/locations/${locationId}?deleteTwilioAccount=false`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer by-hand', version: '2021-07-28' },
    });
    await world.retry(job.id);
    await world.until(job.id, 'undone');
    expect(await world0()).toEqual(before);
  });
});
