import { Module } from '@nestjs/common';
import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import type { AiCandidate, AiRanking } from '../../integrations/ai/index.js';
import { type ChatSimulator, LlmModule, startChatSimulator } from '../../integrations/llm/index.js';
import { honestMind } from '../../integrations/llm/simulator/minds.js';
import { chatScripts } from '../../integrations/llm/simulator/scripts.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { SettingsModule, SettingsService } from '../settings/index.js';
import { ModelOpinions } from './model-opinions.js';
import { ModelReranker, type Ranked, type VersionedLibrary } from './model-reranker.js';

jest.setTimeout(30_000);

@Module({ imports: [SettingsModule, LlmModule], providers: [ModelOpinions, ModelReranker] })
class Asking {}

const key = 'sk-canary-of-the-reranker-0123456789';
const candidates: AiCandidate[] = [
  { id: 'snap-roofs', name: 'Roofers', contents: [] },
  { id: 'snap-gutters', name: 'Gutter crews', contents: [] },
  { id: 'snap-teeth', name: 'Dentists', contents: [] },
];
const library = { version: 'v1', candidates };
/** The ranker is not sure between two. */
const undecided = (confidence = 0.5): AiRanking => {
  const facts = { score: 0.5, facts: [], reasons: [], behind: null };
  const ranked = [
    { ...facts, id: 'snap-roofs', confidence },
    { ...facts, id: 'snap-gutters', confidence: (1 - confidence) * 0.9 },
    { ...facts, id: 'snap-teeth', confidence: (1 - confidence) * 0.1 },
  ];
  return { choice: 'snap-roofs', confidence, ranked } as unknown as AiRanking;
};
interface Asked {
  about?: VersionedLibrary;
  withinMs?: number;
}
let serial = 0;
const aClient = (description = 'Gutter cleaning and repair.', confidence?: number): Ranked => ({
  intake: { name: `Client ${String.fromCharCode(65 + (serial % 26))}${++serial}`, description },
  offline: undecided(confidence),
});

let simulator: ChatSimulator;
let small: SmallApp;
let env: Record<string, string>;
let tenant: TenantId;
let reranker: ModelReranker;

beforeAll(async () => {
  simulator = await startChatSimulator({ key });
  env = { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: simulator.url, OPENAI_API_KEY: key };
  small = await startSmallApp({ modules: [Asking], env });
}, 60_000);
beforeEach(async () => {
  tenant = await small.anAgency();
  reranker = anotherOne();
  simulator.always(undefined);
  simulator.think(honestMind);
  simulator.counts.requests = 0;
});
afterAll(async () => {
  await small?.close();
  await simulator.stop();
});

/** Of a process that has not seen anything fail yet. */
const anotherOne = (app = small.app) => {
  const given = app.get(ModelReranker) as unknown as Record<'chat' | 'opinions' | 'clock' | 'log', never>;
  return new ModelReranker(given.chat, given.opinions, given.clock, given.log);
};
const askOf = async (by: ModelReranker, one: Ranked, { about = library, withinMs }: Asked = {}) =>
  (await by.rerankMany(tenant, about, [one], withinMs))[0];
const ask = (one: Ranked, withinMs?: number) => askOf(reranker, one, { withinMs });
const allow = async (modelBudgetPerDay: number) => {
  const settings = small.app.get(SettingsService);
  const { version } = await settings.view(tenant);
  await settings.change({ tenant, actor: 'system' } as never, { version, modelBudgetPerDay });
};
const rows = <Row>(sql: string) => small.app.get(Transaction).run(tenant, (tx) => tx.query<Row>(sql));

it('lets the model decide between two that are close', async () => {
  const { ranking, note, asked } = await ask(aClient());
  expect({ choice: ranking.choice, note, asked }).toEqual({ choice: 'snap-gutters', note: null, asked: true });
});

it('says what the model would have chosen when that does not count', async () => {
  simulator.think(() => undefined);
  simulator.play({ kind: 'say', content: '{"choice":"none","confidence":1}' });
  const { ranking, note } = await ask(aClient(undefined, 0.9));
  expect(ranking.choice).toBe('snap-roofs');
  expect(ranking.confidence).toBeLessThan(0.9);
  expect(note).toContain('none fits');
});

describe('the question', () => {
  it('holds the client as data in the user role, and nothing of it in the system text', async () => {
    const canary = 'Lighthouse gutters since 1907.';
    await ask(aClient(canary));
    const { messages } = simulator.asked.at(-1)!;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0].content).not.toContain('1907');
    const [begin, data, end] = messages[1].content.split('\n');
    const mark = /^data ([0-9a-f]{24})$/.exec(begin)?.[1];
    expect(end).toBe(`end of data ${mark}`);
    expect(JSON.parse(data)).toMatchObject({ client: { description: canary }, snapshots: [{}, {}, {}] });
    expect(Object.keys(simulator.asked.at(-1)!).sort()).toEqual(['max_tokens', 'messages', 'model', 'response_format']);
  });

  it('shows no ids, and the snapshots in an order that no text can know', async () => {
    const orders = new Set<string>();
    for (let times = 0; times < 20; times++) {
      await ask(aClient());
      const { content } = simulator.asked.at(-1)!.messages[1];
      expect(content).not.toContain('snap-');
      orders.add(/"snapshots".*/.exec(content)![0]);
    }
    expect(orders.size).toBeGreaterThan(2);
  });

  it('is cut to a bearable length', async () => {
    const long = 'We clean gutters for the houses of the town. '.repeat(200);
    await ask({ ...aClient(long), intake: { ...aClient(long).intake, services: Array(50).fill('gutter cleaning') } });
    expect(simulator.asked.at(-1)!.messages[1].content.length).toBeLessThan(8_000);
  });
});

describe('what the model answered', () => {
  it('is asked for once by (intake, library, model)', async () => {
    const one = aClient();
    const first = await ask(one);
    expect(await ask(one)).toEqual(first);
    expect(simulator.counts.requests).toBe(1);
    await askOf(reranker, one, { about: { ...library, version: 'v2' } });
    expect(simulator.counts.requests).toBe(2);
    const other = await startSmallApp({
      modules: [Asking],
      env: { ...env, OPENAI_MODEL: 'newer' },
      database: small.database,
    });
    expect((await askOf(anotherOne(other.app), one)).note).toContain('does not know');
    expect(simulator.counts.requests).toBe(3);
    await other.close();
  });

  it('is the agency’s own', async () => {
    const one = aClient();
    await ask(one);
    tenant = await small.anAgency('Another');
    await ask(one);
    expect(simulator.counts.requests).toBe(2);
  });

  it('is asked for again when it is a month old, and then the old ones go', async () => {
    const [one, other] = [aClient(), aClient()];
    await ask(one);
    await rows(`UPDATE snapshot_opinions SET asked_at = now() - interval '31 days'`);
    await ask(one);
    expect(simulator.counts.requests).toBe(2);
    await rows(`UPDATE snapshot_opinions SET asked_at = now() - interval '31 days'`);
    await ask(other);
    expect(await rows('SELECT 1 FROM snapshot_opinions')).toHaveLength(1);
  });

  it('is kept without a word of the intake', async () => {
    await ask({ ...aClient(), intake: { name: 'Canary Holdings', description: 'We clean canary cages.' } });
    const [kept] = await rows<object>('SELECT * FROM snapshot_opinions');
    expect(JSON.stringify(kept)).not.toMatch(/canary/i);
  });
});

describe('when the model does not answer well', () => {
  it.each([
    ['wrongId', /cannot be used/, 1],
    ['brokenJson', /cannot be used/, 1],
    ['refusal', /declined/, 1],
    ['cut', /cut off/, 1],
    ['limited', /no more questions/, 1],
    ['limitedForAnHour', /no more questions/, 1],
    ['quota', /no credit left/, 1],
    ['detail', /refuses the form/, 1],
    ['failure', /has a failure/, 2],
    ['badGateway', /has a failure/, 2],
    ['reset', /cannot be reached/, 2],
  ] as const)('the offline result stands: %s', async (script, words, calls) => {
    const one = aClient();
    simulator.always(chatScripts[script]);
    const { ranking, note, asked } = await ask(one);
    expect(ranking).toBe(one.offline);
    expect(note).toMatch(words);
    expect(note).toContain('The offline recommendation stands.');
    expect(asked).toBe(true);
    expect(simulator.counts.requests).toBe(calls);
  });

  it.each(['{"choice":"L","confidence":1}', '{"choice":"A","confidence":7}', '{"choice":null,"confidence":1}'])(
    'a key that was not shown, and a number that is no probability, are no answers: %s',
    async (content) => {
      const one = aClient();
      simulator.play({ kind: 'say', content });
      expect(await ask(one)).toMatchObject({ ranking: one.offline, note: expect.stringContaining('cannot be used') });
    },
  );

  it('it is asked once more when it says when, or failed for a moment', async () => {
    for (const script of [chatScripts.limitedForMilliseconds, chatScripts.limitedForAMoment, chatScripts.overloaded]) {
      simulator.play(script);
      expect((await ask(aClient())).ranking.choice).toBe('snap-gutters');
    }
    expect(simulator.counts.requests).toBe(6);
    expect(await rows('SELECT calls FROM model_calls')).toEqual([{ calls: 6 }]);
  });

  it.each(['hang', 'drip'] as const)('nobody waits longer than was said: %s', async (script) => {
    simulator.always(script === 'drip' ? { kind: 'drip', everyMs: 100 } : chatScripts.hang);
    const started = performance.now();
    expect((await ask(aClient(), 1_200)).note).toContain('in time');
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('nobody waits for the database either', async () => {
    const gate = Promise.withResolvers<void>();
    const held = small.app.get(Transaction).run(tenant, async (tx) => {
      await tx.query('LOCK TABLE snapshot_opinions IN ACCESS EXCLUSIVE MODE');
      await gate.promise;
    });
    const started = performance.now();
    const { note } = await ask(aClient(), 800);
    expect(note).toContain('no time left');
    expect(performance.now() - started).toBeLessThan(2_500);
    gate.resolve();
    await held;
  });

  it('the same question is left alone for as long as a plan lives', async () => {
    const one = aClient();
    simulator.play(chatScripts.refusal);
    const first = await ask(one);
    expect(await ask(one)).toEqual(first);
    expect(simulator.counts.requests).toBe(1);
    await rows(`UPDATE snapshot_opinions SET asked_at = now() - interval '31 minutes'`);
    expect((await ask(one)).note).toBeNull();
  });

  it('it is left alone for a while after five failures, and at once when a person is needed', async () => {
    simulator.always(chatScripts.limited);
    for (let times = 0; times < 7; times++) await ask(aClient());
    expect(simulator.counts.requests).toBe(5);
    expect((await ask(aClient())).note).toContain('several times in a row');
    reranker = anotherOne();
    simulator.always(chatScripts.quota);
    for (let times = 0; times < 3; times++) await ask(aClient());
    expect(simulator.counts.requests).toBe(6);
  });

  it('nothing tells the key', () => {
    expect(small.lines.join('\n')).toContain('A model was asked');
    expect(small.lines.join('\n')).not.toContain(key);
  });
});

describe('the budget', () => {
  it('is not overrun by several processes at once', async () => {
    await allow(7);
    const other = await startSmallApp({ modules: [Asking], env, database: small.database });
    const asking = [reranker, anotherOne(other.app)].flatMap((each) =>
      Array.from({ length: 10 }, () => askOf(each, aClient())),
    );
    const all = await Promise.all(asking);
    await other.close();
    expect(simulator.counts.requests).toBe(7);
    const refused = all.filter(({ note }) => note?.includes('budget'));
    expect(refused).toHaveLength(13);
    for (const { ranking, asked } of refused) expect([ranking.choice, asked]).toEqual(['snap-roofs', false]);
  });

  it('of nothing asks nothing, and does not pay for what is known', async () => {
    const known = aClient();
    await ask(known);
    await allow(0);
    expect((await ask(aClient())).note).toContain('budget');
    expect((await ask(known)).note).toBeNull();
    expect(simulator.counts.requests).toBe(1);
  });

  it('is told with what was asked of it today, and how much of that had no answer', async () => {
    const today = () => small.app.get(Transaction).run(tenant, (tx) => small.app.get(ModelOpinions).today(tx));
    expect(await today()).toEqual({ asked: 0, unanswered: 0 });
    await ask(aClient());
    simulator.play({ kind: 'say', content: 'I would rather not.' });
    await ask(aClient());
    expect(await today()).toEqual({ asked: 2, unanswered: 1 });
    await rows(`UPDATE model_calls SET day = day - 1`);
    await rows(`UPDATE snapshot_opinions SET asked_at = asked_at - interval '1 day'`);
    expect(await today()).toEqual({ asked: 0, unanswered: 0 });
  });

  it('begins anew with each day', async () => {
    await allow(1);
    await ask(aClient());
    expect((await ask(aClient())).note).toContain('budget');
    await rows(`UPDATE model_calls SET day = day - 1`);
    expect((await ask(aClient())).note).toBeNull();
  });
});

describe('many at once', () => {
  it('are asked a few at a time, the least sure first, each question once', async () => {
    await allow(10);
    const sure = Array.from({ length: 20 }, () => aClient(undefined, 0.8));
    const unsure = Array.from({ length: 10 }, () => aClient(undefined, 0.4));
    simulator.counts.atOnce = 0;
    simulator.always({ kind: 'late', ms: 100 });
    const all = await reranker.rerankMany(tenant, library, [...sure, ...unsure, unsure[0]]);
    expect(simulator.counts.requests).toBe(10);
    // Those that are asked at the same moment may overtake each other.
    expect(all.slice(20, 30).filter(({ asked }) => asked).length).toBeGreaterThan(6);
    expect(all[30]).toEqual(all[20]);
    expect(simulator.counts.atOnce).toBeLessThanOrEqual(8);
  });

  it('wait no longer than was said; the rest stays as it was, with a note', async () => {
    simulator.always({ kind: 'late', ms: 150 });
    const started = performance.now();
    const all = await reranker.rerankMany(
      tenant,
      library,
      Array.from({ length: 200 }, () => aClient()),
      1_500,
    );
    expect(performance.now() - started).toBeLessThan(3_500);
    expect(all.filter(({ asked }) => asked).length).toBeGreaterThan(4);
    const rest = all.filter(({ asked }) => !asked);
    expect(rest.length).toBeGreaterThan(50);
    for (const { note, ranking } of rest)
      expect([note, ranking.choice]).toEqual([expect.stringContaining('no time left'), 'snap-roofs']);
  });
});

it('does nothing without a model', async () => {
  const without = await startSmallApp({ modules: [Asking], database: small.database });
  const one = aClient();
  expect(await askOf(without.app.get(ModelReranker), one)).toEqual({
    ranking: one.offline,
    note: null,
    asked: false,
  });
  await without.close();
  expect(simulator.counts.requests).toBe(0);
});
