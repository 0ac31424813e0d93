import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pause, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { ownCases, ownLibrary } from '../../../test/snapshot-intakes.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { SettingsService } from '../settings/index.js';
import { AgenciesService } from '../tenancy/index.js';
import { FeedbackService } from './feedback.service.js';
import type { Intake, Recommendation } from './recommendation.schema.js';
import { Recommender } from './recommender.js';
import { SnapshotsService } from './snapshots.service.js';

jest.setTimeout(90_000);

let world: ProvisioningWorld;
let neighbour: TenantId;

beforeAll(async () => {
  world = await ProvisioningWorld.begin();
  const own = world.tenant;
  await connectAndFill(own);
  neighbour = (await world.get(AgenciesService).createAgency('Neighbour')).id;
  await connectAndFill(neighbour);
  world.tenant = own;
});
afterAll(() => world?.end());

/** The same library for everybody. */
async function connectAndFill(tenant: TenantId): Promise<void> {
  world.tenant = tenant;
  world.by = world.person(tenant);
  await world.connect();
  const { id } = await world.connection();
  const listed = ownLibrary.map((each) => ({ id: each.id, name: each.name, type: 'own' as const }));
  await world.get(SnapshotsService).noteListed(tenant, id, listed);
}

const recommender = () => world.get(Recommender);
const feedback = () => world.get(FeedbackService);
const recommend = (intake: Intake, tenant = world.tenant) =>
  recommender().answer(tenant, intake) as Promise<Recommendation>;
const roofer = (n: number | string = ''): Intake => ({
  name: `Highland ${n}`,
  industry: 'Roofing',
  description: 'Roof repairs',
});
const choose = (tenant: TenantId, intake: Intake, id: string | null) =>
  world.get(Transaction).run(tenant, async (tx) => {
    const { choice, confidence } = await recommend(intake, tenant);
    const named = (each: string | null) => ({ id: each, name: each });
    await feedback().note(tx, 'user:test', [
      { jobId: null, intake, recommended: { ...named(choice), confidence }, chosen: named(id) },
    ]);
  });
const all = async (tenant = world.tenant) => (await feedback().list(tenant, { limit: 100 })).items;

async function withThreshold<Result>(threshold: number, act: () => Promise<Result>): Promise<Result> {
  const settings = world.get(SettingsService);
  const set = async (recommendationThreshold: number) =>
    settings.change(world.by, { version: (await settings.view(world.tenant)).version, recommendationThreshold });
  world.by = world.person();
  await set(threshold);
  try {
    return await act();
  } finally {
    await set(0.6);
  }
}

describe('a recommendation', () => {
  it('names the threshold, and why nothing is chosen', async () => {
    const [sure, odd] = [await recommend(roofer()), await recommend({ name: 'Zinc Ore Mine', industry: 'Mining' })];
    expect(sure).toMatchObject({ choice: 'q02', held: null, threshold: 0.6, by: 'offline', note: null });
    expect(odd).toMatchObject({ choice: null, held: 'none-fits' });
    const held = await withThreshold(1, () => recommend(roofer()));
    expect(held).toMatchObject({ choice: null, held: 'unsure', confidence: sure.confidence, threshold: 1 });
    expect(held.ranking[0].id).toBe('q02');
  });

  it('of many is the same as of each, in their order, with less of the ranking', async () => {
    const intakes = ownCases.slice(0, 30).map(({ intake }) => ({ ...intake, name: intake.name || 'Unnamed' }));
    const many = await recommender().recommendMany(world.tenant, intakes);
    for (const [index, intake] of intakes.entries()) {
      const one = await recommend(intake);
      expect(many[index]).toEqual({ ...one, ranking: one.ranking.slice(0, 5) });
    }
  });

  it('of a thousand lets everything else have its turn', async () => {
    const long = 'Repairs and new roofs for homes in the county. '.repeat(20);
    const intakes = Array.from({ length: 1_000 }, (_, n) => ({ ...roofer(n), description: `${long} ${n}` }));
    const stalls = monitorEventLoopDelay({ resolution: 5 });
    stalls.enable();
    const started = performance.now();
    const answers = await recommender().recommendMany(world.tenant, intakes);
    const tookMs = performance.now() - started;
    await pause(20); // a stall is told by the tick after it
    stalls.disable();
    expect(answers).toHaveLength(1_000);
    // A share of the whole, for this machine may be busy: without turns the longest would be nearly all of it.
    expect(stalls.max / 1e6).toBeLessThan(tookMs / 4);
  });

  it('of one connection refuses a connection that is not there', async () => {
    const connectionId = '00000000-0000-7000-8000-000000000000';
    await expect(recommender().answer(world.tenant, { ...roofer(), connectionId })).rejects.toMatchObject({
      kind: expect.stringMatching(/validation|not-found/) as string,
    });
  });
});

describe('what an agency chose', () => {
  it('moves its later recommendations, and is as if it had never been once it is deleted', async () => {
    const before = await recommend(roofer());
    for (let n = 0; n < 12; n++) await choose(world.tenant, roofer(n), 'q20');
    const after = await recommend(roofer());
    expect(after.ranking[0].id).toBe('q20');
    expect(after.ranking[0].learned).toBeGreaterThan(0.2);
    expect(after.ranking.find(({ id }) => id === 'q02')!.learned).toBeLessThan(0);
    for (const { id } of await all()) await feedback().forget(world.tenant, world.by, id);
    expect(await recommend(roofer())).toEqual(before);
  });

  it('is not drowned by a batch of other clients who took what was offered', async () => {
    for (let n = 0; n < 8; n++) await choose(world.tenant, roofer(n), 'q20');
    const taught = await recommend(roofer());
    const dental = { id: 'q01', name: 'Dentists' };
    const batch = Array.from({ length: 600 }, (_, n) => ({
      ...{ jobId: null, intake: { name: `Oak Dental ${n}`, industry: 'Dentist' }, chosen: dental },
      recommended: { ...dental, confidence: 0.9 },
    }));
    await world.in((tx) => feedback().note(tx, 'user:test', batch));
    expect(taught.ranking[0].id).toBe('q20');
    expect((await recommend(roofer())).ranking[0].id).toBe('q20');
    await world.in((tx) => tx.query('DELETE FROM snapshot_feedback WHERE agency_id = $1', [tx.tenant]));
  });

  it('changes not a byte of what another agency is answered', async () => {
    const intakes = ownCases.map(({ intake }) => ({ ...intake, name: intake.name || 'Unnamed' }));
    const answersOf = async () => JSON.stringify(await recommender().recommendMany(neighbour, intakes));
    const before = await answersOf();
    for (const { name, industry, description } of intakes.slice(0, 40))
      await choose(world.tenant, { name, industry, description }, 'q20');
    expect(await answersOf()).toBe(before);
    expect(JSON.stringify(await recommender().recommendMany(world.tenant, intakes))).not.toBe(before);
    expect(await all(neighbour)).toEqual([]);
    const [{ id }] = await all();
    await expect(feedback().forget(neighbour, world.by, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
