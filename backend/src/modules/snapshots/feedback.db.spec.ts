import { aRequest, pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { BatchesService, BatchViews } from '../batches/index.js';
import { FeedbackService } from './feedback.service.js';
import { LoadsService } from './loads.service.js';
import { QualityService } from './quality.service.js';
import { SnapshotsService } from './snapshots.service.js';

jest.setTimeout(90_000);

let world: ProvisioningWorld;
let ids: Record<'dental' | 'roofing', string>;

beforeAll(async () => {
  world = await ProvisioningWorld.begin();
  await world.connect();
  const { items } = await world.get(SnapshotsService).refresh(world.tenant, world.by);
  const idOf = (word: string) => items.find(({ name }) => name.includes(word))!.id;
  ids = { dental: idOf('Dental'), roofing: idOf('Roofing') };
});
afterAll(() => world?.end());

const newest = async () => (await world.get(FeedbackService).list(world.tenant, { limit: 100 })).items;
const count = async () => (await newest()).length;
const loadsOf = async (id: string) =>
  (await world.get(SnapshotsService).library(world.tenant, {})).items.find((item) => item.id === id)!.loads;
let made = 0;
const aDentist = (more: object = {}) =>
  aRequest({
    business: { name: `Oak Dental ${++made}`, industry: 'Dentist', description: 'Family dentistry and cleanings' },
    snapshot: 'recommend',
    ...more,
  });

/** What one story teaches would change what the next one is recommended. */
async function forgetAll(): Promise<void> {
  for (const { id } of await newest()) await world.get(FeedbackService).forget(world.tenant, world.by, id);
}

describe('a choice is kept as feedback', () => {
  beforeEach(forgetAll);

  it('when what was recommended is started', async () => {
    const request = aDentist();
    const { planHash } = await world.plan(request);
    expect(await count()).toBe(0); // a plan is a question, and nothing was chosen yet
    const { jobId } = await world.start({ ...request, planHash });
    expect(await newest()).toMatchObject([
      {
        ...{
          kind: 'accepted',
          jobId,
          by: world.by.actor,
          intake: { name: request.business.name, industry: 'Dentist' },
        },
        ...{
          recommended: { id: ids.dental },
          chosen: { id: ids.dental, name: expect.stringContaining('Dental') as string },
        },
      },
    ]);
  });

  it('when a person takes another one, or the same one by hand', async () => {
    await world.start(aDentist({ snapshot: { id: ids.roofing } }));
    await world.start(aDentist({ snapshot: { id: ids.dental } }));
    const [byHand, other] = await newest();
    expect(other).toMatchObject({ kind: 'overridden', recommended: { id: ids.dental }, chosen: { id: ids.roofing } });
    expect(other.confidence).toBeGreaterThan(0.5);
    expect(byHand).toMatchObject({ kind: 'accepted' });
  });

  it('when none is taken after a plan that recommended one, and not when nobody saw a recommendation', async () => {
    const before = await count();
    await world.start(aDentist({ snapshot: 'none' }));
    expect(await count()).toBe(before);
    const request = aDentist();
    await world.plan(request);
    await world.start({ ...request, snapshot: 'none' });
    const [declined] = await newest();
    expect(declined).toMatchObject({ kind: 'overridden', recommended: { id: ids.dental }, chosen: null });
  });

  it('once, however often the same request is sent', async () => {
    const request = aDentist();
    const before = await count();
    await Promise.all(Array.from({ length: 5 }, () => world.start(request, 'one-key')));
    expect(await count()).toBe(before + 1);
  });

  it('beside the load, which is under way as long as nobody works', async () => {
    expect(await loadsOf(ids.roofing)).toMatchObject({ done: 0, underWay: 1, lastFailure: null });
  });

  it('for each row of a batch that was started, and for none that was left out', async () => {
    const before = await count();
    const row = (name: string, snapshot: string) => ({
      ...{ name, email: `${name.replaceAll(' ', '.')}@people.example`, industry: 'Dentist', snapshot },
      description: 'Family dentistry and cleanings',
    });
    const rows = [row('Elm Dental', 'recommend'), row('Ash Dental', ids.roofing), row('Fir Dental', 'none')];
    const batch = await begin([...rows, { ...row('Bad Dental', 'recommend'), email: 'no address' }]);
    const kept = await newest();
    expect(kept.length).toBe(before + 2);
    expect(kept.slice(0, 2).map(({ intake, kind, chosen }) => [intake.name, kind, chosen?.id])).toEqual(
      expect.arrayContaining([
        ['Elm Dental', 'accepted', ids.dental],
        ['Ash Dental', 'overridden', ids.roofing],
      ]),
    );
    expect(batch.state).not.toBe('draft');
  });
});

it('is listed page by page, newest first, and deleted for good', async () => {
  for (const id of [ids.dental, ids.dental, ids.roofing]) await world.start(aDentist({ snapshot: { id } }));
  const everything = await newest();
  const list = (query: { after?: string; limit: number }) => world.get(FeedbackService).list(world.tenant, query);
  const first = await list({ limit: 2 });
  const second = await list({ limit: 100, after: first.next! });
  expect([...first.items, ...second.items]).toEqual(everything);
  expect(second.next).toBeNull();
  const [{ id }] = everything;
  await world.get(FeedbackService).forget(world.tenant, world.by, id);
  await expect(world.get(FeedbackService).forget(world.tenant, world.by, id)).rejects.toMatchObject({
    kind: 'not-found',
  });
  expect(await count()).toBe(everything.length - 1);
});

it('tells how good the recommendations were', async () => {
  const items = await newest();
  const accepted = items.filter(({ kind }) => kind === 'accepted').length;
  const quality = await world.get(QualityService).quality(world.tenant);
  expect(quality).toMatchObject({
    decided: items.length,
    accepted,
    overridden: items.length - accepted,
    threshold: 0.6,
  });
  expect(quality.since).toBe(items.at(-1)!.at);
  expect(quality.coverageAccuracy[0]).toEqual({ threshold: 0, coverage: 1, accuracy: accepted / items.length });
  expect(quality.calibration.reduce((sum, { count: inBin }) => sum + inBin, 0)).toBe(items.length);
  expect(quality.overrides).toMatchObject([{ decided: items.length, overridden: items.length - accepted }]);
});

describe('the library says where a snapshot is loaded', () => {
  it('when it is done', async () => {
    const { jobId } = await world.start(aDentist({ snapshot: { id: ids.roofing } }));
    await world.until(jobId, 'done', 30_000);
    expect((await loadsOf(ids.roofing)).done).toBeGreaterThan(0);
    const { items } = await world.get(LoadsService).list(world.tenant, ids.roofing, { limit: 1 });
    expect(items).toMatchObject([{ jobId, state: 'done', cause: null, locationId: expect.any(String) as string }]);
  });

  it('and why it failed, until it is undone', async () => {
    const [{ id: companyId }] = (await world.state()).companies;
    const broken = { id: 'broken', companyId, name: 'Broken', type: 'own', assets: ['workflows'], customValues: [] };
    await world.sim.post('seed', { snapshots: [{ ...broken, alwaysFails: true }] });
    await world.get(SnapshotsService).refresh(world.tenant, world.by);
    const { jobId } = await world.start(aDentist({ snapshot: { id: 'broken' } }));
    await world.until(jobId, 'needs-human', 30_000);
    const cause = 'HighLevel could not load the snapshot.';
    expect(await loadsOf('broken')).toMatchObject({ done: 0, failed: 1, lastFailure: { jobId, cause } });
    const { items } = await world.get(LoadsService).list(world.tenant, 'broken', { limit: 5 });
    expect(items).toMatchObject([{ jobId, state: 'failed', cause }]);
    await world.undo(jobId);
    await world.until(jobId, ({ direction }) => direction === 'undo', 30_000);
    expect(await loadsOf('broken')).toEqual({ done: 0, underWay: 0, failed: 0, lastFailure: null });
  });

  it('page by page, and nothing of a snapshot that is not there', async () => {
    const list = (id: string, query: { after?: string; limit: number }) =>
      world.get(LoadsService).list(world.tenant, id, query);
    const everything = (await list(ids.dental, { limit: 100 })).items;
    const first = await list(ids.dental, { limit: 1 });
    expect([...first.items, ...(await list(ids.dental, { limit: 100, after: first.next! })).items].length).toBe(
      everything.length,
    );
    await expect(list('nowhere', { limit: 1 })).rejects.toMatchObject({ kind: 'not-found' });
  });
});

type Batch = Awaited<ReturnType<BatchViews['get']>>;

async function begin(rows: Record<string, string>[]): Promise<Batch> {
  const by = { actor: world.by.actor };
  const words = { snapshot: 'recommend', existing: 'refuse', corrections: 'suggest' } as const;
  const defaults = { ...words, customValues: [], users: [] };
  const { id } = await world.get(BatchesService).create(world.tenant, by, undefined, { rows, mapping: {}, defaults });
  await world.work();
  const until = async (holds: (batch: Batch) => boolean) => {
    for (;;) {
      const batch = await world.get(BatchViews).get(world.tenant, id);
      if (holds(batch)) return batch;
      await pause(30);
    }
  };
  const { plan } = await until(({ state }) => state === 'ready');
  await world.get(BatchesService).start(world.tenant, by, undefined, id, { planHash: plan!.planHash });
  return until(({ state }) => state !== 'ready' && state !== 'starting');
}
