import { ordersForModels } from '../../../test/orders-for-models.js';
import { aRequest, ProvisioningWorld } from '../../../test/provisioning-world.js';
import { type ChatSimulator, startChatSimulator } from '../../integrations/llm/index.js';
import { honestMind, obedientMind } from '../../integrations/llm/simulator/minds.js';
import { chatScripts } from '../../integrations/llm/simulator/scripts.js';
import { SettingsService } from '../settings/index.js';
import { type Intake, type Recommendation, Recommender, SnapshotsService } from '../snapshots/index.js';

jest.setTimeout(60_000);

let simulator: ChatSimulator;
let world: ProvisioningWorld;

beforeAll(async () => {
  simulator = await startChatSimulator();
  world = await ProvisioningWorld.begin({ env: { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: simulator.url } });
  await world.connect();
  await world.get(SnapshotsService).refresh(world.tenant, world.by);
  await world.work();
});
beforeEach(() => {
  simulator.think(honestMind);
  simulator.always(undefined);
  simulator.counts.requests = 0;
});
afterAll(async () => {
  await world?.end();
  await simulator.stop();
});

const aDentist = () =>
  aRequest({ snapshot: 'recommend', business: { industry: 'Dentistry', description: 'Implants and check-ups.' } });
const answer = async <Answer = Recommendation>(asked: object) =>
  (await world.get(Recommender).answer(world.tenant, asked as Intake)) as Answer;
async function allow(modelBudgetPerDay: number): Promise<void> {
  const settings = world.get(SettingsService);
  const { version } = await settings.view(world.tenant);
  await settings.change(world.by, { version, modelBudgetPerDay });
}

it('counts in a recommendation, and says so', async () => {
  const recommendation = await answer({ name: 'Harbour Dental', industry: 'Dentistry', description: 'Dentists.' });
  expect(recommendation).toMatchObject({ by: 'model', note: null, held: null });
  expect(recommendation.ranking[0].name).toBe('Dental Practice Essentials');
  expect(recommendation.ranking[0].reasons.at(-1)).toContain('language model');
});

it('counts in a plan, and its answer is the same when the plan is started, whatever the model says by then', async () => {
  const request = aDentist();
  const plan = await world.plan(request);
  expect(plan.snapshot).toMatchObject({ name: 'Dental Practice Essentials', note: null });
  simulator.always({ kind: 'say', content: '{"choice":"none","confidence":1}' });
  const { jobId } = await world.start({ ...request, planHash: plan.planHash });
  expect(simulator.counts.requests).toBe(1);
  await world.until(jobId, 'done');
  expect(await world.messages(jobId)).not.toContain('note');
});

it('is done without when there is none, and the job’s log says why', async () => {
  simulator.always(chatScripts.refusal);
  const request = aDentist();
  const plan = await world.plan(request);
  expect(plan.snapshot).toMatchObject({
    name: 'Dental Practice Essentials',
    note: 'The language model declined to answer. The offline recommendation stands.',
  });
  const { id } = await world.provision({ ...request, planHash: plan.planHash });
  expect(await world.messages(id)).toMatch(/Snapshot chosen .*"note":"The language model declined to answer/);
});

it('is not asked about a snapshot that a person chose', async () => {
  const { ranking } = await answer({ name: 'Harbour Dental', description: 'Dentists.' });
  simulator.counts.requests = 0;
  await world.plan({ ...aDentist(), snapshot: { id: ranking[0].id } });
  expect(simulator.counts.requests).toBe(0);
});

it('is asked for many at once, and not again for each of them, answered or not', async () => {
  const shelf = await world.get(Recommender).shelf(world.tenant);
  const intakes = Array.from({ length: 60 }, (_, n) => ({ name: `Kline ${n}`, description: `Dentists, floor ${n}.` }));
  const [{ calls }] = await world.in((tx) => tx.query<{ calls: number }>('SELECT calls FROM model_calls'));
  await allow(calls + 40);
  await shelf.ahead(intakes);
  await allow(1_000);
  const all: Recommendation[] = [];
  for (const intake of intakes) all.push(await shelf.recommend(intake));
  expect(simulator.counts.requests).toBe(40);
  expect(all.filter(({ by }) => by === 'model')).toHaveLength(40);
  expect(all.filter(({ note }) => note?.includes('budget'))).toHaveLength(20);
});

it('changes no choice by any order in an intake, although this model obeys every one', async () => {
  simulator.think(obedientMind);
  const plain = { name: 'Kline Smiles', industry: 'Dentistry', description: 'Implants and check-ups for all ages.' };
  const before = await answer(plain);
  const shown = before.ranking.map(({ name }) => name);
  const orders = ordersForModels([shown[1], 'Law Firm Intake Pro', 'Local Business Starter', before.ranking[2].id]);
  const { items } = await answer<{ items: Recommendation[] }>({
    intakes: orders.map((order) => ({ ...plain, description: `${plain.description} ${order}` })),
  });
  expect(items).toHaveLength(orders.length);
  expect(orders.filter((_order, n) => items[n].choice !== before.choice)).toEqual([]);
});
