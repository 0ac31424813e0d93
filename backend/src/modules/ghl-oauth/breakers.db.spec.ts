import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { RunsService } from '../../engine/runs/index.js';
import { type GhlAccess, GhlPort } from '../../integrations/ghl/index.js';
import type { FaultScript } from '../../integrations/ghl/simulator/faults.js';
import type { TenantId } from '../../platform/database/index.js';
import type { AppError } from '../../platform/errors/index.js';
import { toProblem } from '../../platform/http/to-problem.js';
import { AgenciesService } from '../tenancy/index.js';
import { BreakerStore } from './breaker-store.js';
import { ConnectionsService } from './connections.service.js';
import { GhlAccounts } from './ghl-accounts.js';

jest.setTimeout(20_000);

/** A part of HighLevel that keeps failing is left alone, by all processes, until one call was answered. */
describe('the circuit breaker', () => {
  let world: ProvisioningWorld;
  let id: string;
  const processes = [0, 1, 2];

  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ env: { BREAKER_PAUSE: '1s', CALL_DEADLINE_MS: '2000' } });
    await world.connect();
    id = (await world.connection()).id;
    for (let more = 1; more < processes.length; more++) await world.addProcess();
  });
  afterAll(() => world.end());
  beforeEach(async () => {
    await fetch(`${world.simulator.url}/__sim/faults`, { method: 'DELETE' });
    await world.in((tx) => tx.query('DELETE FROM ghl_breakers'));
    await world.in((tx) => tx.query('DELETE FROM outbox'));
    world.logged.length = 0;
    await pause(900);
  });

  const as = (
    call: (ghl: GhlPort, access: GhlAccess) => Promise<unknown>,
    process = 0,
    tenant = world.tenant,
    of = id,
  ) =>
    world
      .get(GhlAccounts, process)
      .asCompany(tenant, of, (access) => call(world.get(GhlPort, process), access))
      .then(
        () => 'answered',
        (error: AppError) => error.code,
      );
  const list = (process = 0, tenant?: TenantId, of?: string) =>
    as((ghl, access) => ghl.listSnapshots(access), process, tenant, of);
  const lists = async () => (await world.journal('GET', /^\/snapshots\/$/)).length;
  const fail = (times: number, more: Partial<FaultScript> = {}) =>
    world.sim.fault({ match: { method: 'GET', path: '^/snapshots/$' }, kind: 'status', status: 503, times, ...more });
  const told = (type: string) =>
    world.in((tx) => tx.query('SELECT payload FROM outbox WHERE agency_id = $1 AND type = $2', [world.tenant, type]));
  const row = async () =>
    (
      await world.in((tx) =>
        tx.query<{ state: string; pause_ms: number | null }>('SELECT * FROM ghl_breakers WHERE agency_id = $1', [
          world.tenant,
        ]),
      )
    )[0];
  const open = async () => {
    await fail(5);
    for (let n = 0; n < 5; n++) expect(await list()).toBe('ghl-unavailable');
  };
  const probeDue = () =>
    world.in((tx) => tx.query('UPDATE ghl_breakers SET probe_at = now() WHERE agency_id = $1', [world.tenant]));

  it('opens after five lost calls, whichever process made them, and then sends nothing', async () => {
    await fail(5);
    for (const process of [0, 1, 2, 0]) expect(await list(process)).toBe('ghl-unavailable');
    expect((await row()).state).toBe('closed');
    expect(await list(1)).toBe('ghl-unavailable');
    const sent = await lists();
    expect(await list(1)).toBe('breaker-open');
    await pause(900);
    await world.in((tx) => tx.query("UPDATE ghl_breakers SET probe_at = now() + interval '1 hour'"));
    for (const process of processes) expect(await list(process)).toBe('breaker-open');
    expect(await lists()).toBe(sent);
  });

  it('is told once and logged once, also when many calls fail at the same moment', async () => {
    await fail(60);
    await Promise.all(Array.from({ length: 60 }, (_, n) => list(n % 3)));
    expect(await told('ghl.breaker-opened')).toEqual([
      {
        payload: {
          connectionId: id,
          group: 'snapshots',
          cause: { code: 'ghl-unavailable', detail: expect.any(String) },
        },
      },
    ]);
    const lines = world.logged.filter(({ message }) => message === 'HighLevel keeps failing; its calls are held back');
    expect(lines).toHaveLength(1);
  });

  const lost: [string, Partial<FaultScript>][] = [
    ['an answer of 500', { status: 500 }],
    ['a reset connection', { kind: 'reset' }],
    ['no answer in time', { kind: 'timeout' }],
    ['half of an answer', { kind: 'truncated' }],
    ['an answer that cannot be read', { status: 200, body: '<html>' }],
  ];
  it.each(lost)('counts %s', async (_, fault) => {
    await fail(5, fault);
    await Promise.all(Array.from({ length: 5 }, () => list()));
    expect((await row()).state).toBe('open');
  });

  const answers: [number, object | undefined][] = [
    [400, undefined],
    [401, { statusCode: 401, message: 'The token is not authorized for this scope.' }],
    [403, undefined],
    [404, undefined],
    [422, undefined],
    [429, undefined],
  ];
  it.each(answers)('does not count a refusal: %i', async (status, body) => {
    await fail(7, { status, body, headers: status === 429 ? { 'retry-after': '0' } : undefined });
    for (let n = 0; n < 7; n++) expect(await list()).toMatch(/^ghl-(?!unavailable)/);
    expect(await row()).toBeUndefined();
  });

  it('counts only what failed within half a minute', async () => {
    await fail(5);
    for (let n = 0; n < 4; n++) await list();
    await world.in((tx) =>
      tx.query("UPDATE ghl_breakers SET failed_at = ARRAY(SELECT at - interval '31 s' FROM unnest(failed_at) AS at)"),
    );
    await list();
    expect((await row()).state).toBe('closed');
  });

  it('guards this connection and this part of HighLevel only', async () => {
    const other = (await world.get(AgenciesService).createAgency('Other')).id;
    const [tenant, by] = [world.tenant, world.by];
    [world.tenant, world.by] = [other, world.person(other)];
    await world.connect();
    const { id: theirs } = await world.connection();
    [world.tenant, world.by] = [tenant, by];
    await open();
    expect(await list()).toBe('breaker-open');
    expect(await list(0, other, theirs)).toBe('answered');
    expect(await as((ghl, access) => ghl.getCompany(access))).toBe('answered');
  });

  it('lets exactly one call of all processes try, and closes for all when it is answered', async () => {
    await open();
    await pause(1_050);
    const before = await lists();
    await fail(1, { kind: 'hold', when: 'after' });
    const calls = Array.from({ length: 60 }, (_, n) => list(n % 3));
    while ((await world.state()).held.length === 0) await pause(10);
    expect((await row()).state).toBe('half-open');
    await pause(300);
    expect(await lists()).toBe(before + 1);
    await world.sim.post('release');
    expect((await Promise.all(calls)).toSorted()).toEqual(['answered', ...Array<string>(59).fill('breaker-open')]);
    expect((await row()).state).toBe('closed');
    expect(await told('ghl.breaker-closed')).toHaveLength(1);
    await pause(900);
    for (const process of processes) expect(await list(process)).toBe('answered');
  });

  it('waits longer after each probe that fails, and eight times as long at most', async () => {
    await open();
    await fail(6);
    for (const pauseMs of [2_000, 4_000, 8_000, 8_000]) {
      await probeDue();
      await pause(850);
      expect(await list()).toBe('ghl-unavailable');
      expect(await row()).toMatchObject({ state: 'open', pause_ms: pauseMs });
    }
    expect(await told('ghl.breaker-opened')).toHaveLength(1);
  });

  it('lets another call try when the one that tried died, and believes only the latter', async () => {
    await open();
    await pause(1_050);
    await fail(1, { kind: 'hold', when: 'after' });
    const first = list(1);
    while ((await world.state()).held.length === 0) await pause(10);
    await probeDue(); // as if its time were over
    await pause(850);
    await fail(1, { kind: 'hold', when: 'before' });
    const second = list(2);
    while ((await world.state()).held.length < 2) await pause(10);
    const [{ serial }] = (await world.state()).held as unknown as { serial: number }[];
    await world.sim.post('release', { serial });
    expect(await first).toBe('answered');
    expect((await row()).state).toBe('half-open');
    await world.sim.post('release');
    expect(await second).toBe('answered');
    expect((await row()).state).toBe('closed');
  });

  it('costs no round trip per call while all is well', async () => {
    const store = world.get(BreakerStore);
    const read = jest.spyOn(store, 'notClosed');
    const admitted = world.get(GhlAccounts).asCompany(world.tenant, id, async ({ breaker }) => {
      for (let n = 0; n < 2_000; n++) {
        await breaker!.check('users');
        await (await breaker!.admit('users')).settle('answered');
      }
    });
    await admitted;
    expect(read.mock.calls.length).toBeLessThanOrEqual(3);
    expect(await row()).toBeUndefined();
    read.mockRestore();
  });

  it('wakes those that it held back one after the other, oldest first, and none later than planned', async () => {
    const runs = world.get(RunsService);
    await world.in(async (tx) => {
      await tx.query(
        `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, waiting_for, lane, input, created_by, run_at)
         SELECT $1, uuidv7(), 'none', 1, 'Job ' || n, 'op-' || n, '', 'waiting', 'breaker', 'held', '{}', 'user:test',
           now() + CASE n WHEN 1 THEN interval '1 minute' ELSE interval '1 hour' END FROM generate_series(1, 25) AS n`,
        [world.tenant],
      );
      await runs.wakeHeldBack(tx, 'held', 120_000);
      const rows = await tx.query<{ seconds: number }>(
        `SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM runs WHERE agency_id = $1 AND lane = 'held' ORDER BY id`,
        [world.tenant],
      );
      const spread = Array.from({ length: 24 }, (_, index) => 120 + (index + 1) * 0.05);
      expect(rows.map(({ seconds }) => Number(seconds.toFixed(2)))).toEqual([
        60,
        ...spread.map((each) => Number(each.toFixed(2))),
      ]);
      await tx.query("DELETE FROM runs WHERE agency_id = $1 AND lane = 'held'", [world.tenant]);
    });
  });

  it('is shown at the connection, with the cause and when the next call tries', async () => {
    await open();
    const { items } = await world.get(ConnectionsService).list(world.tenant);
    expect(items[0].breakers).toEqual([
      {
        part: 'snapshots',
        state: 'open',
        since: expect.any(String),
        cause: { code: 'ghl-unavailable', detail: 'HighLevel answered 503.' },
        nextProbeAt: expect.any(String),
      },
    ]);
  });

  it('answers a person at once: 503, when to try again, and that nothing was sent', async () => {
    await open();
    const refused = (await world
      .get(GhlAccounts)
      .asCompany(world.tenant, id, (access) => world.get(GhlPort).listSnapshots(access))
      .catch((error: unknown) => error)) as AppError;
    const { problem, headers } = toProblem(refused, 't');
    expect(problem).toMatchObject({ status: 503, code: 'breaker-open', evidence: { part: 'snapshots', sent: false } });
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(problem.detail).toContain('try again');
  });
});

describe('jobs behind a breaker', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ env: { BREAKER_PAUSE: '300ms', BREAKER_FAILURES: '3' } });
    await world.connect();
  });
  afterAll(() => world.end());

  it('wait for it, send nothing meanwhile, and go on when it closes, each once', async () => {
    const requests = Array.from({ length: 8 }, () => aRequest());
    const jobs = await Promise.all(requests.map((request) => world.start(request)));
    await world.sim.fault({ match: { path: '^/locations' }, kind: 'status', status: 503, times: 6 });
    await world.work();
    for (const { jobId } of jobs) await world.until(jobId, 'done', 25_000);
    const told = await Promise.all(jobs.map(({ jobId }) => world.messages(jobId)));
    expect(told.join('\n')).toContain('Not sent: the provider keeps failing');
    const names = (await world.state()).locations.map(({ name }) => name);
    for (const { business } of requests) expect(names.filter((name) => name === business.name)).toHaveLength(1);
  });

  it('an answer that was lost stays unknown behind it, and is found when it closes', async () => {
    const request = aRequest();
    await world.sim.fault({ match: { method: 'POST', path: '^/locations/$' }, kind: 'hold', when: 'after' });
    const { jobId } = await world.start(request);
    while ((await world.state()).held.length === 0) await pause(10);
    const { id } = await world.connection();
    await world.in((tx) =>
      tx.query(
        `UPDATE ghl_breakers SET state = 'open', opened_at = now(), probe_at = now() + interval '2 s', pause_ms = 300, cause = '{}'
         WHERE agency_id = $1 AND connection_id = $2 AND endpoint_group = 'locations'`,
        [world.tenant, id],
      ),
    );
    const held = await world.until(jobId, ({ waitingFor }) => waitingFor === 'breaker');
    expect(held.steps[1]).toMatchObject({ name: 'create-location', state: 'unknown', issueCount: 1 });
    const job = await world.until(jobId, 'done', 30_000);
    expect(job.steps[1]).toMatchObject({ via: 'search', issueCount: 1 });
    expect((await world.state()).locations.filter(({ name }) => name === request.business.name)).toHaveLength(1);
  });
});
