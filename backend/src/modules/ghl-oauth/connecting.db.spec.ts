import { aRequest, decide, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { AgenciesService } from '../tenancy/index.js';
import { ConnectionsService } from './connections.service.js';

jest.setTimeout(20_000);

describe('connecting HighLevel', () => {
  let world: ProvisioningWorld;
  let connections: ConnectionsService;

  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ webhooks: true });
    connections = world.get(ConnectionsService);
    await world.work();
  });
  afterAll(() => world.end());

  const begin = async () => decide((await connections.start(world.tenant, world.by)).consentUrl);
  const finish = (query: object, by = world.by) => connections.finish(by.tenant, by, query);
  const unknown = '/connect?problem=state-unknown';

  it('refuses a consent that was not started here', async () => {
    const { code } = await begin();
    expect(await finish({ code })).toBe(unknown);
    expect(await finish({ code, state: 'made-up' })).toBe(unknown);
    expect((await connections.list(world.tenant)).items).toEqual([]);
  });

  it('refuses the consent that somebody else started, in another session or another agency', async () => {
    const query = await begin();
    expect(await finish(query, world.person())).toBe(unknown);
    const { id } = await world.get(AgenciesService).createAgency('Other');
    expect(await finish(query, { ...world.by, tenant: id })).toBe(unknown);
    expect(await finish(query)).toBe('/connect?connected=1');
  });

  it('accepts a consent once', async () => {
    const query = await begin();
    expect(await finish(query)).toBe('/connect?connected=1');
    expect(await finish(query)).toBe(unknown);
  });

  it('refuses a code that was used before, with a state that was not', async () => {
    const used = await begin();
    await finish(used);
    const { state } = await begin();
    expect(await finish({ code: used.code, state })).toBe('/connect?problem=ghl-invalid-grant');
    expect((await world.connection()).status).toBe('active');
  });

  it('refuses a consent that took too long', async () => {
    const query = await begin();
    await world.in((tx) => tx.query(`UPDATE oauth_states SET expires_at = now() WHERE agency_id = $1`, [world.tenant]));
    expect(await finish(query)).toBe(unknown);
  });

  it('says that the consent was denied', async () => {
    const { consentUrl } = await connections.start(world.tenant, world.by);
    const query = await decide(consentUrl, { decision: 'deny' });
    expect(query.error).toBe('access_denied');
    expect(await finish(query)).toBe('/connect?problem=consent-denied');
  });

  it('is for people: an API key has no session to bind the consent to', async () => {
    const { sessionId: _, ...key } = world.by;
    await expect(connections.start(world.tenant, key)).rejects.toMatchObject({ code: 'person-required' });
  });

  it('says at once when new sub-accounts will not get the app, and when a scope is missing', async () => {
    await world.connect({ future: false });
    expect(await world.connection()).toMatchObject({
      installToFutureLocations: false,
      warnings: [expect.stringContaining('will not get the app by themselves')],
    });
    await world.connect();
    expect(await world.connection()).toMatchObject({ installToFutureLocations: true, warnings: [], missingScopes: [] });
  });

  it('parks jobs while the app is removed, and wakes them when it is connected again, without a second effect', async () => {
    await world.sim.fault({ match: { method: 'POST', path: 'customValues$' }, kind: 'hold', when: 'after' });
    const request = aRequest();
    const { jobId } = await world.start(request);
    while ((await world.state()).held.length === 0) await pause(10);
    await world.sim.post('uninstall');
    await world.sim.post('release');
    const waiting = await world.until(jobId, (job) => job.waitingFor === 'connection');
    expect(waiting).toMatchObject({ state: 'waiting', attention: { code: 'ghl-reconnect' } });
    while ((await world.connection()).status !== 'reconnect') await pause(20);

    await world.connect();
    await world.until(jobId, 'done');
    expect((await world.state()).locations.filter(({ name }) => name === request.business.name)).toHaveLength(1);
    expect(await world.journal('POST', /^\/users\/$/, { applied: true })).toHaveLength(1);
  });

  it('wakes a job that began to wait at the very moment of the reconnection', async () => {
    const { jobId } = await world.start(aRequest());
    await world.until(jobId, 'done');
    await world.connect();
    await world.in((tx) =>
      tx.query(
        `UPDATE runs SET state = 'waiting', waiting_for = 'connection', run_at = 'infinity', finished_at = NULL WHERE agency_id = $1 AND id = $2`,
        [world.tenant, jobId],
      ),
    );
    await world.in((tx) =>
      tx.query(`INSERT INTO outbox (agency_id, type, payload) VALUES ($1, 'run.waiting', $2)`, [
        world.tenant,
        JSON.stringify({ runId: jobId, saga: 'provisioning', waitingFor: 'connection' }),
      ]),
    );
    await world.until(jobId, 'done');
  });
});
