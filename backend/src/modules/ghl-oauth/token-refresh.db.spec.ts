import { pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { GhlPort } from '../../integrations/ghl/index.js';
import { GhlAccounts } from './ghl-accounts.js';

jest.setTimeout(20_000);

/** The refresh token is good for one use and cannot be asked for again. */
describe('a grant that is due', () => {
  let world: ProvisioningWorld;
  let id: string;

  beforeEach(async () => {
    world = await ProvisioningWorld.begin();
    await world.connect();
    ({ id } = await world.connection());
  });
  afterEach(() => world.end());

  const use = (process = 0) =>
    world
      .get(GhlAccounts, process)
      .asCompany(world.tenant, id, (access) => world.get(GhlPort, process).getCompany(access));
  const refreshes = async () => (await world.journal('POST', /^\/oauth\/token$/)).slice(1);
  const age = (columns: string) =>
    world.in((tx) => tx.query(`UPDATE ghl_connections SET ${columns} WHERE agency_id = $1`, [world.tenant]));
  const expire = () =>
    age(`access_expires_at = now() - interval '1 minute', refresh_due_at = now() - interval '1 hour'`);
  const due = () => age(`refresh_due_at = now() - interval '1 hour'`);
  /** What a process that was killed while it refreshed leaves behind. */
  const leaveLease = (until: string) => age(`refresh_owner = 'dead', refresh_until = now() + interval '${until}'`);

  it('is refreshed once for 50 uses at the same moment', async () => {
    await expire();
    await Promise.all(Array.from({ length: 50 }, () => use()));
    expect(await refreshes()).toHaveLength(1);
  });

  it('is refreshed once by two processes, also for those who ask while it is under way', async () => {
    await world.addProcess();
    // From an answer each process learns how many calls it may make; until then it makes few.
    for (const process of [0, 1]) await use(process);
    for (let round = 0; round < 3; round++) {
      await expire();
      await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'slow-body', delayMs: 150 });
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          await pause(index * 6);
          await use(index % 2);
        }),
      );
    }
    expect(await refreshes()).toHaveLength(3);
    expect((await world.connection()).status).toBe('active');
  });

  it('is taken over after the lease when its refresher was killed before the call', async () => {
    await expire();
    await leaveLease('400 ms');
    await use();
    expect(await refreshes()).toHaveLength(1);
  });

  it('keeps working with the old token, and says Reconnect, when the refresher was killed after HighLevel rotated', async () => {
    await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'reset', when: 'after' });
    await due();
    await use(); // the answer that carried the new tokens is lost
    expect(await world.connection()).toMatchObject({ status: 'active' });
    await due();
    await use();
    expect(await world.connection()).toMatchObject({
      status: 'reconnect',
      statusReason: expect.stringContaining('Connect'),
    });
    await use();
    await age(`access_expires_at = now()`);
    await expect(use()).rejects.toMatchObject({ kind: 'auth', code: 'ghl-reconnect' });
    await world.connect();
    await use();
    expect(await world.connection()).toMatchObject({ id, status: 'active', statusReason: null });
  });

  it('does not ask again and again while the token endpoint is away', async () => {
    await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'status', status: 503, times: 50 });
    await due();
    for (let times = 0; times < 5; times++) await use();
    expect(await refreshes()).toHaveLength(1);
  });

  it('is not called lost when HighLevel refuses a refresh token that a person has replaced meanwhile', async () => {
    await world.sim.fault({
      ...{ match: { path: '^/oauth/token$' }, kind: 'status', delayMs: 300 },
      ...{ status: 400, body: { error: 'invalid_grant', message: 'Invalid grant: refresh token is invalid' } },
    });
    await due();
    const late = use();
    while ((await refreshes()).length === 0) await pause(10);
    await world.connect();
    await late;
    expect(await world.connection()).toMatchObject({ status: 'active' });
    await expire();
    await use();
  });

  it.each([
    ['empty', {}],
    ['without a refresh token', { access_token: 'a', expires_in: 86_399, companyId: 'x', userType: 'Company' }],
    ['with empty tokens', { access_token: '', refresh_token: '', expires_in: 86_399, companyId: 'x' }],
    ['of another agency', { access_token: 'a', refresh_token: 'b', expires_in: 86_399, companyId: 'another' }],
  ])('is never overwritten by an answer that is %s', async (_, body) => {
    const before = await cells();
    await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'status', status: 200, body });
    await due();
    await use();
    expect(await cells()).toEqual(before);
    await due();
    await use();
    expect(await cells()).not.toEqual(before);
  });

  it('says what to do, and does not speak of HighLevel, when the stored refresh token was changed', async () => {
    await age(`refresh_cell = access_cell`);
    await due();
    await use(); // the old access token is good and goes on being used
    expect(await world.connection()).toMatchObject({
      status: 'reconnect',
      statusReason: expect.stringContaining('changed outside of Switchyard'),
    });
    expect(await refreshes()).toHaveLength(0);
    await world.connect();
    await use();
    expect(await world.connection()).toMatchObject({ id, status: 'active', statusReason: null });
  });

  it('is not brought back by a refresh that ends after a person disconnected', async () => {
    await world.sim.fault({ match: { path: '^/oauth/token$' }, kind: 'hold', when: 'after' });
    await due();
    const late = use();
    while ((await world.state()).held.length === 0) await pause(10);
    await age(`status = 'disconnected', generation = generation + 1, refresh_owner = NULL, refresh_until = NULL`);
    await world.sim.post('release');
    await late.catch(() => undefined);
    expect((await world.connection()).status).toBe('disconnected');
  });

  const cells = () =>
    world.in((tx) =>
      tx.query('SELECT access_cell, refresh_cell FROM ghl_connections WHERE agency_id = $1', [world.tenant]),
    );
});
