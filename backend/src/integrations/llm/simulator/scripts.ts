/** What the simulator does instead of answering well. Each is played once. */
export type ChatScript =
  | { kind: 'say'; content: string; finish?: string; refusal?: string }
  | { kind: 'status'; status: number; body: object | string; headers?: Record<string, string> }
  | { kind: 'drip'; everyMs: number }
  | { kind: 'late'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'huge' };

const refusal = (status: number, code: string | null, type: string, headers: Record<string, string> = {}) => ({
  ...{ kind: 'status' as const, status, headers },
  body: { error: { message: `Simulated: ${code ?? type}`, type, param: null, code } },
});
const limited = (headers: Record<string, string>) =>
  refusal(429, 'rate_limit_exceeded', 'requests', { 'x-ratelimit-reset-requests': '6m0s', ...headers });

/** Every way of not answering that is known of OpenAI, Ollama and vLLM. */
export const chatScripts = {
  wrongId: { kind: 'say', content: '{"choice":"no-such-key","confidence":0.99}' },
  wrongShape: { kind: 'say', content: '{"answer":"A"}' },
  brokenJson: { kind: 'say', content: '{"choice":"A","confi' },
  prose: { kind: 'say', content: 'I would take the first one.' },
  empty: { kind: 'say', content: '' },
  refusal: { kind: 'say', content: '', refusal: 'I cannot help with that.' },
  filtered: { kind: 'say', content: '', finish: 'content_filter' },
  cut: { kind: 'say', content: '{"choice":"A","confidence":0.9}', finish: 'length' },
  limited: limited({}),
  limitedForAMoment: limited({ 'retry-after': '1' }),
  limitedForMilliseconds: limited({ 'retry-after-ms': '50', 'retry-after': '1' }),
  limitedForAnHour: limited({ 'retry-after': '3600' }),
  quota: refusal(429, 'insufficient_quota', 'insufficient_quota', { 'retry-after': '1' }),
  noCredit: refusal(429, 'credit_balance_exhausted', 'insufficient_quota'),
  failure: refusal(500, 'server_error', 'server_error'),
  overloaded: { kind: 'status', status: 503, body: { error: 'the model is loading' } },
  badGateway: { kind: 'status', status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
  detail: { kind: 'status', status: 422, body: { detail: 'Input should be a valid string' } },
  tooLong: refusal(400, 'context_length_exceeded', 'invalid_request_error'),
  redirect: { kind: 'status', status: 307, body: '', headers: { location: 'http://127.0.0.1:9/' } },
  nonsense: { kind: 'status', status: 200, body: { object: 'list', data: [] } },
  drip: { kind: 'drip', everyMs: 40 },
  late: { kind: 'late', ms: 300 },
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  huge: { kind: 'huge' },
} as const satisfies Record<string, ChatScript>;
