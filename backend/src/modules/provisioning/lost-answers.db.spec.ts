import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import type { FaultScript } from '../../integrations/ghl/simulator/faults.js';

jest.setTimeout(40_000);

const creation = { method: 'POST', path: '^/locations/$' };

/** HighLevel cannot be asked "did you do that?": what it did is told by what it has. */
describe('an answer of HighLevel that never came', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    // A search does not know of what was made for 150 ms: less than settling takes.
    world = await ProvisioningWorld.begin({ simulator: { searchLagMs: 150_000 } });
    await world.connect();
    await world.work();
  });
  afterAll(() => world.end());
  afterEach(() => fetch(`${world.simulator.url}/__sim/faults`, { method: 'DELETE' }));

  const locationsOf = async ({ business: { name } }: ReturnType<typeof aRequest>) =>
    (await world.state()).locations.filter((location) => location.name === name);
  const stepOf = (job: { steps: { name: string }[] }, name: string) =>
    job.steps.find((step) => step.name === name) as unknown as Record<string, unknown>;
  const madeBy = async (path: RegExp, from: number) =>
    (await world.journal('POST', path, { applied: true })).filter(({ serial }) => serial > from);
  const lastSerial = async () => (await world.sim.journal()).at(-1)!.serial;

  const lostAfter: [string, FaultScript][] = [
    ['500 after it was applied', { match: creation, kind: 'status', status: 500, when: 'after' }],
    [
      '502 with a web page',
      { match: creation, kind: 'status', status: 502, when: 'after', body: '<html>Bad Gateway</html>' },
    ],
    ['a reset connection', { match: creation, kind: 'reset', when: 'after' }],
    ['a time-out', { match: creation, kind: 'timeout', when: 'after' }],
    ['half of the answer', { match: creation, kind: 'truncated' }],
    ['a drip that outlasts the deadline', { match: creation, kind: 'slow-body', delayMs: 1_500 }],
    ['200 without an id', { match: creation, kind: 'status', status: 200, when: 'after', body: { ok: true } }],
    [
      '200 with a web page',
      { match: creation, kind: 'status', status: 200, when: 'after', body: '<html>Hello</html>' },
    ],
  ];
  it.each(lostAfter)('is found by looking: %s', async (_, fault) => {
    await world.sim.fault(fault);
    const request = aRequest();
    const job = await world.provision(request);
    expect(await locationsOf(request)).toHaveLength(1);
    expect(stepOf(job, 'create-location')).toMatchObject({ state: 'done', via: 'search', issueCount: 1 });
  });

  const lostBefore: [string, FaultScript][] = [
    ['503', { match: creation, kind: 'status', status: 503 }],
    ['a reset connection', { match: creation, kind: 'reset' }],
    ['a time-out', { match: creation, kind: 'timeout' }],
  ];
  it.each(lostBefore)('of a call that was never applied leads to one more, after two looks: %s', async (_, fault) => {
    await world.sim.fault(fault);
    const request = aRequest();
    const from = await lastSerial();
    const job = await world.provision(request);
    expect(await locationsOf(request)).toHaveLength(1);
    expect(stepOf(job, 'create-location')).toMatchObject({ state: 'done', via: 'direct', issueCount: 2 });
    expect((await world.messages(job.id)).match(/No trace of the lost call/g)).toHaveLength(2);
    const looks = (await world.journal('GET', /^\/locations\/search$/)).filter(({ serial }) => serial > from);
    expect(looks.length).toBeGreaterThan(4);
  });

  it('does not take a sub-account of the same name that was there before, nor one of another job', async () => {
    const [{ id: companyId }] = (await world.state()).companies;
    const request = aRequest();
    const twin = {
      id: 'twin',
      companyId,
      name: request.business.name,
      fields: {},
      active: true,
      createdAt: 0,
      visibleAt: 0,
    };
    await world.sim.post('seed', { locations: [twin] });
    await world.sim.fault({ match: creation, kind: 'status', status: 503 });
    const job = await world.provision(request);
    expect(stepOf(job, 'create-location')).toMatchObject({ state: 'done', issueCount: 2 });
    expect((job.output as { locationId: string }).locationId).not.toBe('twin');
  });

  it('is a person’s to judge when two sub-accounts could be meant, and goes on when one is left', async () => {
    const request = aRequest();
    await world.sim.fault({ match: creation, kind: 'hold', when: 'after' });
    const { jobId } = await world.start(request);
    while ((await world.state()).held.length === 0) await pause(10);
    const [made] = await locationsOf(request);
    await world.sim.post('seed', { locations: [{ ...made, id: 'second', createdAt: made.createdAt + 1 }] });
    const job = await world.until(jobId, 'needs-human');
    expect(job.attention).toMatchObject({ code: 'several-locations', cause: expect.stringContaining('second') });
    expect(await locationsOf(request)).toHaveLength(2);
    await world.sim.post('seed', { locations: [{ id: 'second', name: 'Renamed by a person' }] });
    await world.retry(jobId);
    expect((await world.until(jobId, 'done')).output).toMatchObject({ locationId: made.id });
  });

  it('of a value or a user is settled by looking again, and nothing is made twice', async () => {
    const from = await lastSerial();
    for (const path of ['customValues$', '^/users/$'])
      await world.sim.fault({ match: { method: 'POST', path }, kind: 'reset', when: 'after' });
    await world.provision(aRequest());
    expect(await madeBy(/customValues$/, from)).toHaveLength(1);
    expect(await madeBy(/^\/users\/$/, from)).toHaveLength(1);
  });

  const certain: [string, FaultScript][] = [
    ['429 with headers', { match: creation, kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    ['429 with HighLevel’s interval', { match: creation, kind: 'status', status: 429 }],
    [
      'an expired token',
      { match: creation, kind: 'status', status: 401, body: { statusCode: 401, message: 'Invalid JWT' } },
    ],
  ];
  it.each(certain)('but a refusal that says so is tried again without looking: %s', async (_, fault) => {
    await world.sim.fault(fault);
    const request = aRequest();
    const job = await world.provision(request);
    expect(await locationsOf(request)).toHaveLength(1);
    expect(stepOf(job, 'create-location')).toMatchObject({ state: 'done', via: 'direct', issueCount: 1 });
  });

  it('and after a refusal somebody may have made it by hand: then it is not made again, and not taken for ours', async () => {
    await world.sim.fault({ match: creation, kind: 'status', status: 422, body: { message: ['phone must be valid'] } });
    const request = aRequest();
    const failed = await world.provision(request, 'failed');
    const [{ id: companyId }] = (await world.state()).companies;
    const { name, email } = request.business;
    const byHand = { id: 'by-hand', companyId, name, fields: { email }, active: true, createdAt: 0, visibleAt: 0 };
    await world.sim.post('seed', { locations: [byHand] });
    await world.retry(failed.id);
    const again = await world.until(failed.id, ({ state, attention }) => state === 'failed' && attention !== null);
    expect(again.attention).toMatchObject({ code: 'location-exists' });
    expect(await locationsOf(request)).toHaveLength(1);
  });

  it('is not waited for when the worker was gone before it asked', async () => {
    await world.sim.fault({ match: { path: '^/locations/search$' }, kind: 'hold', times: 2 });
    const request = aRequest();
    const starting = world.start(request); // its plan looks first
    while ((await world.state()).held.length < 1) await pause(10);
    await world.sim.post('release');
    const { jobId } = await starting;
    while ((await world.state()).held.length < 1) await pause(10);
    await world.in((tx) =>
      tx.query(`UPDATE runs SET fence = fence + 1, lease_owner = 'gone', lease_until = now() WHERE id = $1`, [jobId]),
    );
    const job = await world.until(jobId, 'done');
    await world.sim.post('release');
    expect(stepOf(job, 'create-location')).toMatchObject({ via: 'direct', issueCount: 1 });
    expect(await world.messages(jobId)).not.toMatch(/Outcome unknown|No trace/);
    expect(await locationsOf(request)).toHaveLength(1);
  });

  it('nor does a refusal of the data leave anything: corrected, the same job makes one', async () => {
    await world.sim.fault({
      match: creation,
      kind: 'status',
      status: 422,
      body: { message: ['phone must be a valid phone'] },
    });
    const request = aRequest();
    const failed = await world.provision(request, 'failed');
    expect(failed.attention).toMatchObject({ code: 'ghl-validation', step: 'create-location' });
    expect(await locationsOf(request)).toHaveLength(0);
    await world.retry(failed.id);
    await world.until(failed.id, 'done');
    expect(await locationsOf(request)).toHaveLength(1);
  });
});

describe('HighLevel that tells of its new sub-accounts', () => {
  it('ends the wait for a lost answer at once', async () => {
    const world = await ProvisioningWorld.begin({
      webhooks: true,
      simulator: { searchLagMs: 60_000, speed: 1, loadMs: { min: 50, max: 90 } },
      env: { SETTLE_MS: '8000' },
    });
    try {
      await world.connect();
      await world.work();
      await world.sim.fault({ match: creation, kind: 'status', status: 500, when: 'after' });
      const request = { ...aRequest(), customValues: [], users: [] };
      const began = Date.now();
      const job = await world.provision(request);
      expect(Date.now() - began).toBeLessThan(6_000);
      expect(job.steps[1]).toMatchObject({ state: 'done', via: 'webhook', issueCount: 1 });
    } finally {
      await world.end();
    }
  });
});

describe('HighLevel that applies a call after everybody gave it up', () => {
  it('is found out by the later looks, which name the second sub-account and delete nothing', async () => {
    const world = await ProvisioningWorld.begin({ env: { LOCATION_AUDIT_AFTER: '1500ms,2s,3s' } });
    try {
      await world.connect();
      await world.work();
      const request = aRequest();
      await world.sim.fault({ match: creation, kind: 'hold' });
      const { jobId } = await world.start(request);
      const job = await world.until(jobId, 'done'); // given up, looked for twice, issued again
      await world.sim.post('release');
      const locations = async () =>
        (await world.state()).locations.filter(({ name }) => name === request.business.name);
      while ((await locations()).length < 2) await pause(20);
      const [{ id: audit }] = await world.in((tx) =>
        tx.query<{ id: string }>(`SELECT id FROM runs WHERE agency_id = $1 AND saga = 'location-audit'`, [
          world.tenant,
        ]),
      );
      const alarm = await world.until(audit, 'needs-human');
      const { locationId } = job.output as { locationId: string };
      const second = (await locations()).find(({ id }) => id !== locationId)!;
      expect(alarm.attention).toMatchObject({ code: 'second-location', cause: expect.stringContaining(second.id) });
      await world.sim.post('seed', { locations: [{ id: second.id, name: 'Merged by a person' }] });
      await world.retry(audit);
      await world.until(audit, 'done');
    } finally {
      await world.end();
    }
  });
});
