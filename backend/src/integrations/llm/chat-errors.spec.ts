import { chatRefusal } from './chat-errors.js';

const of = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  chatRefusal({ status, headers: new Headers(headers), body }, ['sk-canary-1']);
const error = (code: string | number | null, type: string | null = null, message = 'x') => ({
  error: { code, type, message, param: null },
});

describe('the meaning of a refusal', () => {
  it.each<[string, number, unknown, string]>([
    ['a spent quota', 429, error('insufficient_quota', 'insufficient_quota'), 'chat-quota-spent'],
    ['a limit on spending', 429, error('spend_limit_reached', 'insufficient_quota'), 'chat-quota-spent'],
    ['credit that is used up', 429, error('credit_balance_exhausted'), 'chat-quota-spent'],
    ['an account without billing', 403, error('billing_not_active'), 'chat-quota-spent'],
    ['a quota that only the type tells', 429, error(null, 'insufficient_quota'), 'chat-quota-spent'],
    ['a limit whose type says more than its code', 429, error('slow_down', 'insufficient_quota'), 'chat-rate-limited'],
    ['too many requests', 429, error('rate_limit_exceeded', 'requests'), 'chat-rate-limited'],
    ['too many requests, unexplained', 429, undefined, 'chat-rate-limited'],
    ['a wrong key', 401, error('invalid_api_key'), 'chat-key-refused'],
    ['a wrong key, unexplained', 401, { error: 'Unauthorized' }, 'chat-key-refused'],
    ['a place that is not served', 403, error('unsupported_country_region_territory'), 'chat-model-unknown'],
    ['an unknown model', 404, { error: 'model "x" not found, try pulling it first' }, 'chat-model-unknown'],
    ['a question that is too long', 400, error('context_length_exceeded'), 'chat-question-too-long'],
    ['a filtered question', 400, error('content_policy_violation'), 'chat-refused'],
    ['a bad schema', 400, error(null, 'invalid_request_error'), 'chat-request-refused'],
    ['the same of vLLM', 400, error(400, 'BadRequestError'), 'chat-request-refused'],
    ['the same of FastAPI', 422, { detail: [{ msg: 'field required' }] }, 'chat-request-refused'],
    ['an overload', 503, error(null, 'overloaded_error'), 'chat-unavailable'],
    ['a time-out of theirs', 408, undefined, 'chat-unavailable'],
    ['a failure in another form', 500, { error: 'llama runner process has terminated' }, 'chat-unavailable'],
    ['something that is nothing', 418, [], 'chat-request-refused'],
  ])('%s', (_what, status, body, code) => {
    expect(of(status, body).code).toBe(code);
  });

  it('is not repeated when a person has to pay', () => {
    expect(of(429, error('insufficient_quota'), { 'retry-after': '1' })).toMatchObject({ kind: 'auth' });
    expect(of(429, error('insufficient_quota'), { 'retry-after': '1' }).retryAfterMs).toBeUndefined();
  });

  it('names the moment from which to ask again, in each form in which it is told', () => {
    expect(of(429, undefined, { 'retry-after': '2' }).retryAfterMs).toBe(2_000);
    expect(of(429, undefined, { 'retry-after': '0.5' }).retryAfterMs).toBe(500);
    expect(of(429, undefined, { 'retry-after-ms': '70', 'retry-after': '2' }).retryAfterMs).toBe(70);
    expect(of(503, undefined, { 'retry-after': new Date(0).toUTCString() }).retryAfterMs).toBe(0);
    expect(of(429, undefined, { 'retry-after': 'soon' }).retryAfterMs).toBeUndefined();
  });

  it('keeps what the endpoint said, without what looks like a key', () => {
    const { evidence } = of(401, error(null, null, 'Incorrect API key: sk-canary-1, or sk-proj-abc*******xyz'));
    expect(evidence).toEqual({ status: 401, said: 'Incorrect API key: [secret], or [secret]' });
  });
});
