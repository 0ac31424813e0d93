import { aRequest, ProvisioningWorld } from '../../../test/provisioning-world.js';

jest.setTimeout(40_000);

describe('people and rights', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin();
    await world.connect();
    await world.work();
  });
  afterAll(() => world.end());
  afterEach(() => fetch(`${world.simulator.url}/__sim/faults`, { method: 'DELETE' }));

  const userOf = async (email: string) => (await world.state()).users.find((user) => user.email === email)!;
  const locationIdOf = ({ output }: { output?: unknown }) => (output as { locationId: string }).locationId;
  const person = (email: string) => ({ firstName: 'Pat', lastName: 'Lee', email });

  it('who are known keep what they had and get the new sub-account', async () => {
    const email = 'dale.whitcomb@northwindgrowth.example';
    const before = (await userOf(email)).locationIds;
    const job = await world.provision(aRequest({ users: [person(email.toUpperCase())] }));
    expect((await userOf(email)).locationIds).toEqual([...before, locationIdOf(job)]);
  });

  it('who are invited by eight jobs at once are made once and can enter all eight', async () => {
    const users = [person('new.to.all@bright.example'), person('priya.raman@northwindgrowth.example')];
    const requests = Array.from({ length: 8 }, () => aRequest({ users }));
    const jobs = await Promise.all(requests.map((request) => world.provision(request)));
    const all = jobs.map(locationIdOf);
    for (const { email } of users) expect((await userOf(email)).locationIds).toEqual(expect.arrayContaining(all));
    const made = await world.journal('POST', /^\/users\/$/, { applied: true });
    expect(made.filter(({ body }) => (body as { email: string }).email === users[0].email)).toHaveLength(1);
    expect(jobs.map(({ attention }) => attention)).toEqual(jobs.map(() => null));
  });

  it('have passwords that nobody sees', async () => {
    const job = await world.provision(aRequest());
    const [made] = (await world.journal('POST', /^\/users\/$/)).slice(-1);
    expect(made.body).toMatchObject({ password: '[secret]' });
    expect(JSON.stringify([job, await world.messages(job.id), world.logged])).not.toMatch(/password/i);
  });

  it('wait for the app, which HighLevel installs on a new sub-account a little later', async () => {
    await world.sim.fault({
      match: { path: '^/oauth/locationToken$' },
      ...{ kind: 'status', status: 400, body: { statusCode: 400, message: 'App is not installed on this location' } },
    });
    const job = await world.provision(aRequest());
    expect(await world.messages(job.id)).toContain('ghl-app-not-there-yet');
  });

  it('that are missing fail the step and name the scope; connected again, the job goes on', async () => {
    await world.sim.post('revoke', { scope: 'locations/customValues.write' });
    const job = await world.provision(aRequest(), 'failed');
    expect(job.attention).toMatchObject({
      code: 'ghl-scope-missing',
      step: 'apply-custom-values',
      cause: expect.stringContaining('locations/customValues.write'),
    });
    await world.connect();
    await world.retry(job.id);
    await world.until(job.id, 'done');
    expect(job.steps[1].issueCount).toBe(1);
  });

  it('without "future sub-accounts" say so in the plan, and fail at once instead of waiting', async () => {
    await world.connect({ future: false });
    const request = aRequest();
    expect((await world.plan(request)).warnings).toEqual([expect.stringContaining('will not get the app')]);
    const job = await world.provision(request, 'failed');
    expect(job.attention).toMatchObject({ code: 'ghl-app-not-installed', step: 'apply-custom-values' });
    const { locationId } = job.steps[1].output as { locationId: string };
    await world.sim.post('seed', { locations: [{ id: locationId, installedAt: 1 }] });
    await world.retry(job.id);
    await world.until(job.id, 'done');
    await world.connect();
  });
});
