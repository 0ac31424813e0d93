import { aRequest, ProvisioningWorld } from '../../../test/provisioning-world.js';

jest.setTimeout(30_000);

describe('a request that must not be provisioned', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ env: { PLAN_TTL: '1s' } });
  });
  afterAll(() => world.end());

  const seed = async (request: ReturnType<typeof aRequest>, ...ids: string[]) => {
    const [{ id: companyId }] = (await world.state()).companies;
    const { name, email } = request.business;
    const common = { companyId, name, fields: { email }, active: true, createdAt: 0, visibleAt: 0 };
    await world.sim.post('seed', { locations: ids.map((id) => ({ id, ...common })) });
  };
  const nothingWritten = async () => {
    const writes = (await world.journal(undefined, /^\/(locations|users)/, { applied: true })).map(
      ({ method }) => method,
    );
    expect(writes).toEqual([]);
  };

  it('without a connection is refused with a way out', async () => {
    await expect(world.plan(aRequest())).rejects.toMatchObject({ kind: 'validation', code: 'not-connected' });
    await world.connect();
  });

  it('with a snapshot that is not in the library is refused at its field', async () => {
    await expect(world.plan(aRequest({ snapshot: { id: 'nowhere' } }))).rejects.toMatchObject({
      code: 'snapshot-unknown',
      errors: [{ pointer: '/snapshot' }],
    });
  });

  it('that no snapshot fits is not given one anyway', async () => {
    await expect(world.plan(aRequest({ snapshot: 'recommend' }))).rejects.toMatchObject({ code: 'no-snapshot-fits' });
  });

  it('for a business that HighLevel has already is refused, unless it shall be taken over', async () => {
    const request = aRequest();
    await seed(request, 'there');
    await expect(world.plan(request)).rejects.toMatchObject({ kind: 'conflict', code: 'location-exists' });
    expect((await world.plan({ ...request, customValues: [], existing: 'adopt' })).actions[1]).toMatchObject({
      kind: 'adopt',
    });
    await seed(request, 'there', 'twice');
    await expect(world.plan({ ...request, existing: 'adopt' })).rejects.toMatchObject({ code: 'several-locations' });
  });

  it('for a business that is being provisioned is refused and names the job', async () => {
    const request = aRequest();
    const { jobId } = await world.start(request); // no worker: it stays ready
    await expect(world.plan(request)).rejects.toMatchObject({ code: 'already-under-way', evidence: { jobId } });
    await expect(world.start(request)).rejects.toMatchObject({ kind: 'conflict', code: 'already-under-way' });
    const same = { ...request, business: { ...request.business, name: request.business.name.toUpperCase() } };
    await expect(world.start(same)).rejects.toMatchObject({ code: 'already-under-way' });
  });

  it('by ten at the same moment begins once', async () => {
    const request = aRequest();
    const ended = await Promise.allSettled(Array.from({ length: 10 }, () => world.start(request)));
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const keyed = aRequest();
    const views = await Promise.all(Array.from({ length: 10 }, () => world.start(keyed, 'the-same-key')));
    expect(new Set(views.map(({ jobId }) => jobId)).size).toBe(1);
  });

  it('with the key of another request is refused', async () => {
    await world.start(aRequest(), 'used-key');
    await expect(world.start(aRequest(), 'used-key')).rejects.toMatchObject({ kind: 'key-reused' });
  });

  it('with a plan that nobody made, of another request, or too old, is refused', async () => {
    const request = aRequest();
    await expect(world.start({ ...request, planHash: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'plan-unknown' });
    const { planHash } = await world.plan(aRequest());
    const stale = await world
      .start({ ...request, planHash })
      .catch((error: { evidence: { differences: object[] } }) => error);
    expect(stale).toMatchObject({ code: 'plan-stale', kind: 'conflict' });
    expect((stale as { evidence: { differences: object[] } }).evidence.differences.length).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(world.start({ ...request, planHash })).rejects.toMatchObject({ kind: 'gone', code: 'plan-expired' });
  });

  it('with two custom values that HighLevel would make one of is bad input', async () => {
    const customValues = ['Booking Link', 'booking_link'].map((name) => ({ name, value: 'x' }));
    expect(() => world.plan(aRequest({ customValues }))).toThrow(/differs only in signs/);
  });

  it('has changed nothing at HighLevel', nothingWritten);
});
