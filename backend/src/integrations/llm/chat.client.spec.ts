import { inspect } from 'node:util';
import { loadConfig } from '../../platform/config/index.js';
import { Secret } from '../../platform/crypto/secret.js';
import { AppError } from '../../platform/errors/index.js';
import { ChatClient, type ChatClientOptions } from './chat.client.js';
import { aQuestion, describeChatContract } from './chat.contract.js';
import { type ChatSimulator, startChatSimulator } from './chat.simulator.js';
import { chatOf } from './llm.module.js';
import { type ChatScript, chatScripts } from './simulator/scripts.js';

const key = 'sk-canary-0123456789abcdefghij';
const client = (simulator: ChatSimulator, options: Partial<ChatClientOptions> = {}) =>
  new ChatClient({
    ...{ baseUrl: simulator.url, model: 'sim-model', apiKey: new Secret(key) },
    ...{ maxTokensParam: 'max_tokens', structured: 'json_schema', ...options },
  });

describeChatContract('ChatClient with the simulator', async () => {
  // It thinks for a moment: no answer is in time for a deadline of a millisecond.
  const simulator = await startChatSimulator({ key, thinksMs: 20 });
  const stranger = client(simulator, { apiKey: new Secret('sk-another-key-0123456789') });
  return { chat: client(simulator), stranger, stop: () => simulator.stop() };
});

describe('ChatClient', () => {
  let simulator: ChatSimulator;
  beforeAll(async () => {
    simulator = await startChatSimulator({ key });
  });
  afterAll(() => simulator.stop());

  const failureOf = async (script: ChatScript, chat = client(simulator), deadlineMs = 5_000): Promise<AppError> => {
    simulator.play(script);
    return chat.ask(aQuestion, { deadlineMs }).then(
      () => Promise.reject(new Error('It answered.')),
      (error: AppError) => error,
    );
  };

  it.each<[keyof typeof chatScripts, string, string]>([
    ['wrongId', 'transient', 'chat-unreadable'],
    ['wrongShape', 'transient', 'chat-unreadable'],
    ['brokenJson', 'transient', 'chat-unreadable'],
    ['prose', 'transient', 'chat-unreadable'],
    ['empty', 'transient', 'chat-unreadable'],
    ['nonsense', 'transient', 'chat-unreadable'],
    ['refusal', 'validation', 'chat-refused'],
    ['filtered', 'validation', 'chat-refused'],
    ['cut', 'transient', 'chat-cut'],
    ['limited', 'rate-limited', 'chat-rate-limited'],
    ['quota', 'auth', 'chat-quota-spent'],
    ['noCredit', 'auth', 'chat-quota-spent'],
    ['failure', 'transient', 'chat-unavailable'],
    ['overloaded', 'transient', 'chat-unavailable'],
    ['badGateway', 'transient', 'chat-unavailable'],
    ['detail', 'bug', 'chat-request-refused'],
    ['redirect', 'bug', 'chat-request-refused'],
    ['tooLong', 'validation', 'chat-question-too-long'],
    ['reset', 'transient', 'chat-unreachable'],
    ['huge', 'transient', 'chat-too-large'],
  ])('has a word for %s', async (script, kind, code) => {
    expect(await failureOf(chatScripts[script])).toMatchObject({ name: 'AppError', kind, code });
  });

  it.each(['hang', 'drip', 'late'] as const)('ends %s at the deadline', async (script) => {
    const started = performance.now();
    expect(await failureOf(chatScripts[script], client(simulator), 150)).toMatchObject({ code: 'chat-deadline' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('asks once, whatever happens', async () => {
    const before = simulator.counts.requests;
    await failureOf(chatScripts.limitedForMilliseconds);
    await failureOf(chatScripts.failure);
    await failureOf(chatScripts.reset);
    expect(simulator.counts.requests - before).toBe(3);
  });

  it.each([
    ['limitedForAMoment', 1_000],
    ['limitedForMilliseconds', 50],
    ['limited', undefined],
    ['quota', undefined],
  ] as const)('tells how long %s wants it to wait', async (script, retryAfterMs) => {
    expect((await failureOf(chatScripts[script])).retryAfterMs).toBe(retryAfterMs);
  });

  it('cannot reach what is not there, in one sentence', async () => {
    const nowhere = client(simulator, { baseUrl: 'http://127.0.0.1:1/v1' });
    await expect(nowhere.ask(aQuestion)).rejects.toMatchObject({ kind: 'transient', code: 'chat-unreachable' });
  });

  it('shows its key to the endpoint and to nobody else', async () => {
    const stranger = client(simulator, { apiKey: new Secret('sk-wrong-canary-0123456789') });
    const refused = await stranger.ask(aQuestion).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'chat-key-refused' });
    const echo = { message: `no such key: ${key}`, code: key, type: key };
    const echoed = await failureOf({ kind: 'status', status: 400, body: { error: echo } });
    for (const each of [refused, echoed, stranger])
      expect(inspect(each, { depth: 9 }) + JSON.stringify(each)).not.toContain('canary');
  });

  it('reads an answer out of a code block, and behind thoughts', async () => {
    const chat = client(simulator, { structured: 'none' });
    simulator.play({ kind: 'say', content: '<think>B {"or": 1}</think>\n```json\n{"choice":"B","confidence":1}\n```' });
    while (simulator.asked.length > 0) simulator.asked.pop();
    expect((await chat.ask(aQuestion)).answer.choice).toBe('B');
    expect(simulator.asked[0]).not.toHaveProperty('response_format');
  });

  it('puts the texts of others in the user role, and nothing else is sent', async () => {
    while (simulator.asked.length > 0) simulator.asked.pop();
    await client(simulator).ask(aQuestion);
    expect(simulator.asked[0].messages).toEqual([
      { role: 'system', content: aQuestion.system },
      { role: 'user', content: aQuestion.user },
    ]);
  });

  it('is switched on by naming a model, and speaks to each endpoint in its words', async () => {
    expect(chatOf(loadConfig({})).model).toBeNull();
    await expect(chatOf(loadConfig({ OPENAI_API_KEY: key })).ask(aQuestion)).rejects.toMatchObject({
      code: 'chat-off',
    });
    const config = loadConfig({ OPENAI_MODEL: 'sim-model', OPENAI_API_KEY: key, OPENAI_BASE_URL: `${simulator.url}/` });
    expect((await chatOf(config).ask(aQuestion)).answer.choice).toBe('B');
    const newer = await startChatSimulator({ maxTokensParam: 'max_completion_tokens' });
    const named = { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: newer.url };
    await expect(chatOf(loadConfig(named)).ask(aQuestion)).rejects.toMatchObject({ code: 'chat-request-refused' });
    const told = loadConfig({ ...named, OPENAI_MAX_TOKENS_PARAM: 'max_completion_tokens' });
    expect((await chatOf(told).ask(aQuestion)).answer.choice).toBe('B');
    await newer.stop();
  });
});
