import { aRequest, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { GhlRateBudget } from '../../integrations/ghl/index.js';
import { ConnectionsService } from '../ghl-oauth/index.js';
import { SnapshotsService } from '../snapshots/index.js';

jest.setTimeout(30_000);

describe('calls when they are scarce', () => {
  let world: ProvisioningWorld;
  const lanes: (string | undefined)[] = [];
  const lanesOf = async (act: () => Promise<unknown>) => {
    lanes.length = 0;
    await act();
    return [...new Set(lanes)];
  };
  beforeAll(async () => {
    world = await ProvisioningWorld.begin({ webhooks: true });
    const budget = world.get(GhlRateBudget);
    const acquire = budget.acquire.bind(budget);
    budget.acquire = (resource, ask) => {
      lanes.push(ask?.lane);
      return acquire(resource, ask);
    };
  });
  afterAll(() => world.end());

  it("come first when a person waits, and in their queue's turn when a job does", async () => {
    expect(await lanesOf(() => world.connect())).toEqual(['priority']);
    expect(await lanesOf(() => world.get(SnapshotsService).refresh(world.tenant, world.by))).toEqual(['priority']);
    const request = aRequest({ customValues: [{ name: 'Booking Link', value: 'https://book.example' }] });
    expect(await lanesOf(() => world.plan(request))).toEqual(['priority']);
    await world.work();
    const job = await lanesOf(() => world.provision(request));
    expect(job.filter((lane) => lane !== 'priority')).toEqual(['default']); // planned once more at the start, then carried
    expect(await lanesOf(() => world.plan({ ...request, existing: 'adopt' }))).toEqual(['priority']);
    const { id } = await world.connection();
    expect(await lanesOf(() => world.get(ConnectionsService).disconnect(world.tenant, world.by, id))).toEqual([
      'priority',
    ]);
  });

  it('are part of the time that a plan says', async () => {
    await world.connect();
    const budget = world.get(GhlRateBudget);
    const before = await world.plan(aRequest({ snapshot: 'none' }));
    const forecast = budget.forecast.bind(budget);
    budget.forecast = async (resource, calls, lane) => 90_000 + (await forecast(resource, calls, lane));
    const after = await world.plan(aRequest({ snapshot: 'none' }));
    expect(before.estimateMs).toBeLessThan(60_000);
    expect(after.estimateMs).toBeGreaterThanOrEqual(90_000);
    expect(after.estimateMs).toBeLessThan(150_000);
  });
});
