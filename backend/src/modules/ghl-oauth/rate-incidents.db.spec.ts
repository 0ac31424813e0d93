import { ProvisioningWorld } from '../../../test/provisioning-world.js';
import { SnapshotsService } from '../snapshots/index.js';
import { AgenciesService } from '../tenancy/index.js';
import { RateIncidents } from './rate-incidents.js';

jest.setTimeout(20_000);

describe('a call that HighLevel refuses for its rate limit', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.begin();
    await world.connect();
  });
  afterAll(() => world.end());

  it('is kept for the people of the agency, and for nobody else', async () => {
    const incidents = world.get(RateIncidents);
    expect(await incidents.recent(world.tenant)).toEqual({ count: 0, lastAt: null });
    await world.sim.fault({ match: { method: 'GET', path: '/snapshots/' }, kind: 'status', status: 429 });
    await expect(world.get(SnapshotsService).refresh(world.tenant, world.by)).rejects.toMatchObject({
      kind: 'rate-limited',
    });
    const until = performance.now() + 10_000;
    while ((await incidents.recent(world.tenant)).count === 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const { count, lastAt } = await incidents.recent(world.tenant);
    expect(count).toBe(1);
    expect(Math.abs(lastAt!.getTime() - Date.now())).toBeLessThan(60_000);
    expect(
      world.logged.filter(({ msg, message }) => /rate limit; calls pause/.test(String(msg ?? message))),
    ).toHaveLength(1);

    const other = await world.get(AgenciesService).createAgency('Other');
    expect((await incidents.recent(other.id)).count).toBe(0);
  });
});
