import { ProvisioningWorld } from '../../backend/test/provisioning-world.js';
import { until } from '../support/until.js';
import { TokenUser } from './token-user.js';

/* The long form: REFRESH_EXPIRIES=200 npm test -- e2e/cluster/refresh-race */
const expiries = Number(process.env.REFRESH_EXPIRIES ?? 25);
const JOBS = 25;

jest.setTimeout(600_000);

/** The refresh token is good for one use; the processes share nothing but the database. */
describe('four processes with one connection', () => {
  let world: ProvisioningWorld;
  let connectionId: string;
  const users: TokenUser[] = [];

  beforeAll(async () => {
    world = await ProvisioningWorld.begin({
      simulator: { latency: { minMs: 20, p50: 30, p99: 50 } },
      env: { CALL_DEADLINE_MS: '30000', DATABASE_POOL: '8' },
    });
    await world.connect();
    ({ id: connectionId } = await world.connection());
    const env = { PATH: process.env.PATH, ...world.env };
    users.push(...(await Promise.all(Array.from({ length: 4 }, () => TokenUser.start(env)))));
  });
  afterAll(async () => {
    for (const user of users) await user.kill();
    await world?.end();
  });

  const age = (columns: string) =>
    world.in((tx) => tx.query(`UPDATE ghl_connections SET ${columns} WHERE agency_id = $1`, [world.tenant]));
  const use = (user: TokenUser, jobs = JOBS) =>
    user.ask<string[]>('useAtOnce', { tenant: world.tenant, connectionId, jobs });
  const refreshes = async () => (await world.journal('POST', /^\/oauth\/token$/)).slice(1);
  const refused = async () => (await refreshes()).filter(({ status = 0 }) => status >= 400);

  it(`refresh once for each of ${expiries} expiries, whoever comes first`, async () => {
    for (let expiry = 1; expiry <= expiries; expiry++) {
      await age(`access_expires_at = now() - interval '1 minute', refresh_due_at = now() - interval '1 hour'`);
      const failures = (await Promise.all(users.map((user) => use(user)))).flat();
      expect([expiry, failures, (await refreshes()).length]).toEqual([expiry, [], expiry]);
    }
    expect(await refused()).toEqual([]);
    expect(await world.connection()).toMatchObject({ status: 'active' });
  });

  it('go on with the old token at once when the one that refreshed is killed with the answer under way, and call for a person', async () => {
    const before = await cells();
    await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'hold', when: 'after' });
    await age(`refresh_due_at = now() - interval '1 hour'`);
    const lost = use(users[0], 1).catch(() => 'killed');
    await until(async () => (await world.state()).held[0]);
    await users[0].kill();
    await world.sim.post('release');
    expect(await lost).toBe('killed');

    const begun = performance.now();
    expect((await Promise.all(users.slice(1).map((user) => use(user)))).flat()).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(10_000); // and not the 45 s of the dead one's lease
    expect(await world.connection()).toMatchObject({ status: 'active' });

    await age(`refresh_until = now() - interval '1 second'`);
    expect((await Promise.all(users.slice(1).map((user) => use(user)))).flat()).toEqual([]);
    expect(await refused()).toHaveLength(1);
    expect(await world.connection()).toMatchObject({ status: 'reconnect' });
    expect(await told()).toBe(1);
    expect(await cells()).toEqual(before);

    await age(`access_expires_at = now()`);
    const needed = (await use(users[1], 1))[0];
    expect(needed).toMatch(/^ghl-reconnect/);
    await world.connect();
    expect((await Promise.all(users.slice(1).map((user) => use(user)))).flat()).toEqual([]);
  });

  const cells = () =>
    world.in((tx) =>
      tx.query('SELECT access_cell, refresh_cell FROM ghl_connections WHERE agency_id = $1', [world.tenant]),
    );
  const told = async () =>
    (
      await world.in((tx) =>
        tx.query<{ count: number }>(`SELECT count(*)::int AS count FROM outbox WHERE type = 'ghl.connection-lost'`),
      )
    )[0].count;
});
