import { Module } from '@nestjs/common';
import { ordersForModels, unforeseenOrders } from '../../../test/orders-for-models.js';
import { ownCases, ownLibrary } from '../../../test/snapshot-intakes.js';
import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { type AiIntake, type AiRanking, OfflineRanker } from '../../integrations/ai/index.js';
import { type ChatSimulator, LlmModule, startChatSimulator } from '../../integrations/llm/index.js';
import { obedientMind } from '../../integrations/llm/simulator/minds.js';
import type { TenantId } from '../../platform/database/index.js';
import { SettingsModule } from '../settings/index.js';
import { ModelOpinions } from './model-opinions.js';
import { type ModelAnswer, questionOf } from './model-question.js';
import { ModelReranker, type Ranked } from './model-reranker.js';
import { screening } from './what-may-be-shown.js';

jest.setTimeout(60_000);

@Module({ imports: [SettingsModule, LlmModule], providers: [ModelOpinions, ModelReranker] })
class Asking {}

/** Two for roofs, so that there is something to decide; ids as long as HighLevel's. */
const candidates = [...ownLibrary, { id: 'q21', name: 'Roof Repair Express', contents: [] }].map((each) => ({
  ...each,
  id: `Hq7tPLm2${each.id}ZwkR`,
}));
const library = { version: 'v1', candidates };
const wanted = ['Roof Repair Express', 'Glow Aesthetics', 'Family Matters – Divorce Attorneys', 'Hq7tPLm2q21ZwkR'];
const orders = ordersForModels(wanted);
/** They say plainly what they are. */
const plain: AiIntake[] = [
  { name: 'Highland Exteriors', industry: 'Roofing', description: 'We repair roofs. Family business.' },
  {
    name: 'Harbour Street Dental',
    industry: 'Dentistry',
    description: 'Check-ups and whitening for the whole family.',
  },
  { name: 'Baltic Steelworks', industry: 'Manufacturing', description: 'A rolling mill for steel beams.' },
];
/** It could be one or the other. */
const undecided: AiIntake = { name: 'Total Care', description: 'We clear drains and look after old roofs.' };

const ranker = new OfflineRanker();
let simulator: ChatSimulator;
let small: SmallApp;
let tenant: TenantId;

beforeAll(async () => {
  simulator = await startChatSimulator({ mind: 'obedient' });
  small = await startSmallApp({
    modules: [Asking],
    env: { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: simulator.url },
  });
  tenant = await small.anAgency();
}, 60_000);
afterAll(async () => {
  await small?.close();
  await simulator.stop();
});

const rank = async (intake: AiIntake): Promise<Ranked> => ({
  intake,
  offline: await ranker.rankSnapshots(intake, candidates),
});
const decide = async (all: Ranked[]) => small.app.get(ModelReranker).rerankMany(tenant, library, all, 60_000);

const places: ((intake: AiIntake, order: string) => AiIntake)[] = [
  (intake, order) => ({ ...intake, description: `${intake.description} ${order}` }),
  (intake, order) => ({ ...intake, goals: order }),
  (intake, order) => ({ ...intake, services: [order] }),
];

describe('orders in an intake, with a model that obeys every one of them', () => {
  it('are more than two hundred, and would be obeyed if they were shown', () => {
    expect(orders.length).toBeGreaterThan(200);
    const target = candidates.find(({ name }) => name === wanted[0])!;
    const obeyed = ordersForModels([wanted[0]]).filter((order) => {
      const { question, read } = questionOf(
        { name: 'Harbour Street Dental', description: order },
        candidates.slice(-12),
      );
      return read(obedientMind(question.user) as ModelAnswer)?.choice === target.id;
    });
    expect(obeyed.length).toBeGreaterThan(40);
  });

  const placed = places.map((place, at) => [['description', 'goals', 'services'][at], place] as const);

  it.each(placed)('change no choice from the %s', async (_, place) => {
    const before = await decide(await Promise.all(plain.map(rank)));
    expect(before.map(({ asked, note }) => [asked, note])).toEqual(plain.map(() => [true, null]));
    for (const [at, intake] of plain.entries()) {
      const after = await decide(await Promise.all(orders.map((order) => rank(place(intake, order)))));
      const changed = orders.filter((_order, n) => after[n].ranking.choice !== before[at].ranking.choice);
      expect(changed).toEqual([]);
    }
  });

  it.each(placed)(
    'move nothing, not even the confidence, where the ranker leaves it to the model: %s',
    async (_, place) => {
      const { offline } = await rank(undecided);
      const share = (id: string) => (id === offline.ranked[0].id ? 0.4 : 0.6 / (offline.ranked.length - 1));
      const ranked = offline.ranked.map((each) => ({ ...each, confidence: share(each.id) }));
      const open = { ...offline, confidence: 0.05, choice: offline.ranked[19].id, ranked };
      const [before] = await decide([{ intake: undecided, offline: open }]);
      expect(before.ranking.choice).not.toBe(open.choice);
      const after = await decide(orders.map((order) => ({ intake: place(undecided, order), offline: open })));
      const saying = ({ choice, confidence }: AiRanking) => `${choice} ${confidence}`;
      const changed = orders.filter((_order, n) => saying(after[n].ranking) !== saying(before.ranking));
      expect(changed).toEqual([]);
    },
  );

  it('move the choice only to what the ranker holds close, where they are not recognised', async () => {
    const unforeseen = unforeseenOrders([...wanted.slice(0, 3), 'Abogados de Inmigración']);
    const vetted = screening(candidates);
    const shown = unforeseen.filter((order) => vetted({ name: '', description: order }));
    expect(shown.length).toBeGreaterThan(50);
    for (const intake of [...plain, undecided]) {
      const ranked = await Promise.all(shown.map((order) => rank(places[0](intake, order))));
      const after = await decide(ranked);
      const moved = shown.filter((_order, n) => {
        const { choice, ranked: all } = ranked[n].offline;
        const scoreOf = (id: string | null) => all.find((each) => each.id === id)?.score ?? 0;
        const now = after[n].ranking.choice;
        return now !== choice && scoreOf(now) < 0.6 * scoreOf(choice);
      });
      expect(moved).toEqual([]);
      const changed = shown.filter((_order, n) => after[n].ranking.choice !== ranked[n].offline.choice);
      if (intake !== undecided) expect(changed).toEqual([]);
    }
  });
});

it('most intakes are shown to the model as they are', () => {
  const vetted = screening(candidates);
  const whole = ownCases.filter(({ intake }) => {
    const shown = vetted(intake);
    return shown?.name === intake.name && shown.description?.length === intake.description?.length;
  });
  expect(whole.length / ownCases.length).toBeGreaterThan(0.85);
});
