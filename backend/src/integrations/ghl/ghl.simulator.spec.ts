import { Secret } from '../../platform/crypto/secret.js';
import type { GhlClient } from './ghl.client.js';
import type { GhlAccess } from './ghl.port.js';
import { GhlRateBudget } from './ghl-rate-budget.js';
import type { GhlSimulator, GhlSimulatorOptions } from './ghl.simulator.js';
import { snapshotLoadState } from './ghl-snapshot-load.js';
import { Clock } from '../../platform/clock/clock.js';
import {
  aClient,
  aDataFile,
  connect,
  consent,
  eventually,
  quickSimulator,
  redirectUri,
  SimControl,
} from './testing/simulated-world.js';

const running: GhlSimulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

interface World {
  simulator: GhlSimulator;
  client: GhlClient;
  control: SimControl;
  access: GhlAccess;
}

async function aWorld(options: GhlSimulatorOptions = {}): Promise<World> {
  const simulator = await quickSimulator(options);
  running.push(simulator);
  const client = aClient(simulator.url);
  return { simulator, client, control: new SimControl(simulator.url), access: await connect(client) };
}

const found = ({ client, access }: World, email: string) => client.searchLocations(access, { email });
const bakery = { name: 'Fern Bakery', prospect: { firstName: 'Ines', lastName: 'Moreau', email: 'ines@fern.example' } };

describe('a failure after the effect', () => {
  it.each([
    ['a 500', { kind: 'status', status: 500 }, 'ghl-unavailable'],
    ['a reset', { kind: 'reset' }, 'ghl-connection-lost'],
    ['silence', { kind: 'timeout' }, 'ghl-timeout'],
    ['half an answer', { kind: 'truncated' }, 'ghl-connection-lost'],
    ['an answer without an id', { kind: 'status', status: 200, body: { ok: true } }, 'ghl-unreadable-answer'],
    ['an answer that is cut in the middle', { kind: 'cut-body' }, 'ghl-connection-lost'],
    ['an answer that stops in the middle', { kind: 'stalled-body' }, 'ghl-timeout'],
    ['a slow answer', { kind: 'slow-body', delayMs: 2_000 }, 'ghl-timeout'],
    ['an effect that comes when we have given up', { kind: 'late', delayMs: 300 }, 'ghl-connection-lost'],
  ] as const)('%s leaves one sub-account and an unknown outcome', async (_, fault, code) => {
    const world = await aWorld();
    await world.control.fault({ ...fault, match: { method: 'POST', path: '^/locations/$' }, when: 'after' });
    const made = world.client.createLocation(world.access, bakery, { deadlineMs: 400 });
    await expect(made).rejects.toMatchObject({ kind: 'unknown-outcome', code });
    const locations = await eventually(async () => {
      const list = await found(world, bakery.prospect.email);
      return list.length > 0 ? list : undefined;
    });
    expect(locations).toHaveLength(1);
  });
});

describe('a failure before the effect', () => {
  it.each([
    ['a 503', { kind: 'status', status: 503 }],
    ['a reset', { kind: 'reset' }],
  ] as const)('%s leaves nothing, which the client cannot know', async (_, fault) => {
    const world = await aWorld({ searchLagMs: 0 });
    await world.control.fault({ ...fault, match: { method: 'POST' } });
    await expect(world.client.createLocation(world.access, bakery)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(await found(world, bakery.prospect.email)).toEqual([]);
  });

  it('a read that is cut can be asked again', async () => {
    const { client, control, access } = await aWorld();
    await control.fault({ kind: 'reset', match: { path: '^/snapshots/' } });
    await expect(client.listSnapshots(access)).rejects.toMatchObject({
      kind: 'transient',
      code: 'ghl-connection-lost',
    });
    expect((await client.listSnapshots(access)).length).toBeGreaterThanOrEqual(12);
  });

  it('a scripted 429 says how long to wait', async () => {
    const { client, control, access } = await aWorld();
    await control.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3', 'x-ratelimit-max': null } });
    await expect(client.listSnapshots(access)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_000 });
  });

  it('nobody listens', async () => {
    const { access } = await aWorld();
    const gone = await quickSimulator();
    await gone.stop();
    await expect(aClient(gone.url).createLocation(access, bakery)).rejects.toMatchObject({
      kind: 'transient',
      code: 'ghl-unreachable',
    });
  });

  it('a redirect is not followed', async () => {
    const { client, control, access } = await aWorld();
    await control.fault({ kind: 'status', status: 307, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(client.listSnapshots(access)).rejects.toMatchObject({ kind: 'bug', code: 'ghl-redirected' });
  });

  it.each([
    ['an answer', { kind: 'status', status: 200, body: { snapshots: ['x'.repeat(6_000_000)] } }],
    ['an answer without end', { kind: 'huge-body' }],
    ['a small answer that unfolds', { kind: 'gzip-bomb' }],
  ] as const)('%s over 5 MB is not read to its end', async (_, fault) => {
    const { client, control, access } = await aWorld();
    await control.fault(fault);
    await expect(client.listSnapshots(access)).rejects.toMatchObject({
      kind: 'transient',
      code: 'ghl-answer-too-large',
    });
  });
});

describe('a held call', () => {
  it.each(['before', 'after'] as const)('stays %s its effect until it is released', async (when) => {
    const world = await aWorld({ searchLagMs: 0 });
    await world.control.fault({ kind: 'hold', when, match: { method: 'POST', path: '^/locations/$' } });
    const made = world.client.createLocation(world.access, bakery);
    const held = await eventually(
      async () => (await world.control.get<{ held: { phase: string }[] }>('state')).held[0],
    );
    expect(held.phase).toBe(when === 'before' ? 'received' : 'applied');
    expect(await found(world, bakery.prospect.email)).toHaveLength(when === 'before' ? 0 : 1);
    await world.control.post('release');
    expect((await made).name).toBe(bakery.name);
  });
});

describe('tokens', () => {
  it('rotate once when fifty refresh with the same one', async () => {
    const { client } = await aWorld();
    const { refreshToken } = await client.exchangeCode((await consent(client)).code, redirectUri);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => client.refreshGrant(refreshToken, 'Company')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ kind: 'auth', code: 'ghl-invalid-grant' });
    }
  });

  it('expire by the clock', async () => {
    const { client, control, access } = await aWorld();
    await control.post('clock', { advanceMs: 86_400_000 });
    await expect(client.listSnapshots(access)).rejects.toMatchObject({ kind: 'auth' });
  });

  it('lose a scope that is taken away, which is not a bad token', async () => {
    const { client, control, access } = await aWorld();
    await control.post('revoke', { scope: 'locations.write' });
    const made = client.createLocation(access, bakery);
    await expect(made).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'ghl-scope-missing',
      detail: expect.stringContaining('locations.write'),
    });
  });

  it('are looked at when a call is carried out: uninstalled meanwhile, it is a bad token and no missing scope', async () => {
    const world = await aWorld();
    await world.control.fault({ kind: 'hold', when: 'before', match: { path: '^/snapshots/' } });
    const listed = world.client.listSnapshots(world.access);
    const said = expect(listed).rejects.toMatchObject({ kind: 'auth' });
    await eventually(async () => (await world.control.get<{ held: unknown[] }>('state')).held[0]);
    await world.control.post('uninstall');
    await world.control.post('release');
    await said;
  });

  it('are not minted where the app is not installed, or the sub-account is inactive', async () => {
    const simulator = await quickSimulator();
    running.push(simulator);
    const client = aClient(simulator.url);
    const access = await connect(client, false);
    const location = await client.createLocation(access, bakery);
    await expect(client.mintLocationToken(access, location.id)).rejects.toMatchObject({
      code: 'ghl-app-not-installed',
    });
    await new SimControl(simulator.url).post('seed', { locations: [{ id: location.id, active: false }] });
    await expect(client.mintLocationToken(access, location.id)).rejects.toMatchObject({
      code: 'ghl-location-inactive',
    });
    expect((await client.installedLocations(access, { skip: 0, limit: 20 })).installToFutureLocations).toBe(false);
  });

  it('of a private integration reach what they may, and mint nothing', async () => {
    const { client, control, access } = await aWorld();
    const pit = {
      holder: 'Company',
      companyId: access.companyId,
      userId: 'u',
      scopes: ['snapshots.readonly', 'oauth.write'],
    };
    await control.post('seed', {
      access: { 'pit-for-tests': { ...pit, pit: true, expiresAt: Number.MAX_SAFE_INTEGER } },
    });
    const asPit = { ...access, token: new Secret('pit-for-tests') };
    expect((await client.listSnapshots(asPit)).length).toBeGreaterThan(0);
    await expect(client.mintLocationToken(asPit, 'any')).rejects.toMatchObject({
      kind: 'bug',
      code: 'ghl-wrong-token-class',
    });
  });

  it('never appear in an error', async () => {
    const { client, control } = await aWorld();
    const refreshToken = new Secret('sim-refresh-unknown-token');
    await control.fault({
      kind: 'status',
      status: 400,
      body: { message: 'bad sim-refresh-unknown-token test-client-secret' },
    });
    const error = await client.refreshGrant(refreshToken, 'Company').catch((thrown: unknown) => thrown as Error);
    expect(JSON.stringify({ ...(error as Error), text: (error as Error).message })).not.toMatch(
      /unknown-token|test-client-secret/,
    );
  });
});

describe('snapshots', () => {
  const load = async ({ client, access }: World, locationId: string, snapshotId: string) =>
    eventually(async () => {
      const state = snapshotLoadState((await client.snapshotLoad(access, snapshotId, locationId))!);
      return state === 'loading' ? undefined : state;
    });
  const named = async ({ client, access }: World, name: string) =>
    (await client.listSnapshots(access)).find((one) => one.name === name)!.id;

  it('one loads partially and is completed by loading again', async () => {
    const world = await aWorld();
    const snapshotId = await named(world, 'Med Spa Growth Suite');
    const location = await world.client.createLocation(world.access, { ...bakery, snapshotId });
    expect(await load(world, location.id, snapshotId)).toBe('partial');
    await world.client.loadSnapshot(world.access, location.id, snapshotId);
    expect(await load(world, location.id, snapshotId)).toBe('loaded');
  });

  it('one can be told to fail, or to stop half-way', async () => {
    const world = await aWorld();
    const failing = await named(world, 'Gym Member Magnet');
    const stuck = await named(world, 'Restaurant Regulars');
    await world.control.post('seed', {
      snapshots: [
        { id: failing, alwaysFails: true },
        { id: stuck, stuck: true },
      ],
    });
    const one = await world.client.createLocation(world.access, { ...bakery, snapshotId: failing });
    expect(await load(world, one.id, failing)).toBe('failed');
    const two = await world.client.createLocation(world.access, { ...bakery, snapshotId: stuck });
    await world.control.post('clock', { advanceMs: 3_600_000 });
    const detail = (await world.client.snapshotLoad(world.access, stuck, two.id))!;
    expect(snapshotLoadState(detail)).toBe('loading');
    expect(detail.completed.length).toBeGreaterThan(0);
  });
});

describe('limits', () => {
  it('are told with every answer and enforced', async () => {
    const world = await aWorld({ rateLimit: { max: 5, windowMs: 60_000, perDay: 100 } });
    const clock = new Clock();
    const careless = () => aClient(world.simulator.url, { budget: GhlRateBudget.inMemory(clock) });
    for (let call = 0; call < 5; call++) await careless().listSnapshots(world.access);
    const refused = careless().listSnapshots(world.access);
    await expect(refused).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 });
  });

  it('hold for a storm of calls without one refusal', async () => {
    const { simulator, control, access } = await aWorld({ rateLimit: { max: 100, windowMs: 1_000, perDay: 10_000 } });
    const budget = GhlRateBudget.inMemory(new Clock());
    const client = aClient(simulator.url, { budget, callDeadlineMs: 20_000 });
    await client.listSnapshots(access); // the budget learns the window from the answer
    const names = Array.from({ length: 300 }, (_, index) => `Shop ${index}`);
    await Promise.all(names.map((name) => client.createLocation(access, { name })));
    const statuses = (await control.journal()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(300);
  });

  it('are kept by a client that has learned them: it says so without sending', async () => {
    const { client, control, access } = await aWorld({ rateLimit: { max: 5, windowMs: 60_000, perDay: 100 } });
    for (let call = 0; call < 5; call++) await client.listSnapshots(access, { lane: 'priority' });
    await expect(client.listSnapshots(access, { lane: 'priority' })).rejects.toMatchObject({
      kind: 'rate-limited',
      code: 'ghl-budget-spent',
      evidence: { sent: false },
    });
    expect((await control.journal()).map(({ status }) => status)).not.toContain(429);
  });
});

describe('the state', () => {
  it('survives a restart with everything that was answered', async () => {
    const dataFile = aDataFile();
    const before = await aWorld({ dataFile });
    const location = await before.client.createLocation(before.access, bakery);
    const { refreshToken } = await before.client.exchangeCode((await consent(before.client)).code, redirectUri);
    await before.simulator.stop();
    running.length = 0;

    const simulator = await quickSimulator({ dataFile });
    running.push(simulator);
    const client = aClient(simulator.url);
    expect((await client.getLocation(before.access, location.id)).name).toBe(bakery.name);
    await client.refreshGrant(refreshToken, 'Company');
    await expect(client.refreshGrant(refreshToken, 'Company')).rejects.toMatchObject({ code: 'ghl-invalid-grant' });
    const journal = await new SimControl(simulator.url).journal();
    expect(journal.some(({ path, applied }) => path === '/locations/' && applied.includes(location.id))).toBe(true);
    expect(JSON.stringify(journal)).not.toContain(refreshToken.reveal());
  });

  it('follows from the seed', async () => {
    const [one, two] = [await aWorld({ seed: 'a' }), await aWorld({ seed: 'a' })];
    const ids = await Promise.all(
      [one, two].map(async ({ client, access }) => (await client.createLocation(access, bakery)).id),
    );
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('the validator', () => {
  it('refuses what it does not know, with every fault', async () => {
    const { simulator, access } = await aWorld();
    const answer = await fetch(`${simulator.url}/locations/`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${access.token.reveal()}`,
        version: '2021-07-28',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ companyId: access.companyId, foo: 1 }),
    });
    expect(answer.status).toBe(422);
    const { message } = (await answer.json()) as { message: string[] };
    expect(message).toEqual(expect.arrayContaining(['property foo should not exist', 'name must be a string']));
  });

  it('wants the version header', async () => {
    const { simulator, access } = await aWorld();
    const ask = (version?: string) =>
      fetch(`${simulator.url}/snapshots/?companyId=${access.companyId}`, {
        headers: { authorization: `Bearer ${access.token.reveal()}`, ...(version && { version }) },
      });
    expect((await ask()).status).toBe(400);
    expect((await ask('v3')).status).toBe(400);
    expect((await ask('2019-01-01')).status).toBe(404);
    const good = await ask('2021-07-28');
    expect(good.headers.get('x-ratelimit-max')).toBe('100');
  });
});
