import { AppError, type ErrorKind } from '../../platform/errors/index.js';
import { ChatRefusal } from './chat.schema.js';

export interface RefusedAnswer {
  status: number;
  headers: Headers;
  /** Parsed when it was JSON. */
  body: unknown;
}

interface Rule {
  kind: ErrorKind;
  code: string;
  detail: string;
}

const rules = {
  quota: {
    kind: 'auth',
    code: 'chat-quota-spent',
    detail: "The account at the model's provider has no credit left. Top it up there, or raise its limit.",
  },
  rate: {
    kind: 'rate-limited',
    code: 'chat-rate-limited',
    detail: 'The model takes no more questions for the moment.',
  },
  key: { kind: 'auth', code: 'chat-key-refused', detail: 'The model endpoint does not accept OPENAI_API_KEY.' },
  model: {
    kind: 'auth',
    code: 'chat-model-unknown',
    detail: 'The endpoint does not know OPENAI_MODEL, or OPENAI_BASE_URL is not its address.',
  },
  tooLong: { kind: 'validation', code: 'chat-question-too-long', detail: 'The question is too long for this model.' },
  refused: { kind: 'validation', code: 'chat-refused', detail: 'The model declined to answer.' },
  unavailable: { kind: 'transient', code: 'chat-unavailable', detail: 'The model endpoint has a failure of its own.' },
  request: {
    kind: 'bug',
    code: 'chat-request-refused',
    detail:
      'The model endpoint does not accept the form of the request. See OPENAI_STRUCTURED and OPENAI_MAX_TOKENS_PARAM.',
  },
} as const satisfies Record<string, Rule>;

/** The endpoint's own code is exact; its type can be an older, broader word for it. */
const byWord: [RegExp, Rule][] = [
  [/^(rate_limit_exceeded|slow_down|requests|tokens)$/, rules.rate],
  [/quota|credit|billing|spend/, rules.quota],
  [/^(invalid_api_key|invalid_authentication|authentication_error)$/, rules.key],
  [/^(model_not_found|unsupported_country_region_territory)$/, rules.model],
  [/context_length|string_above_max_length/, rules.tooLong],
  [/content_filter|content_policy/, rules.refused],
  [/^(server_error|overloaded|overloaded_error|internal_error)$/, rules.unavailable],
];

function byStatus(status: number): Rule {
  if (status === 401 || status === 403) return rules.key;
  if (status === 402) return rules.quota;
  if (status === 404) return rules.model;
  if (status === 413) return rules.tooLong;
  if (status === 429) return rules.rate;
  if (status === 408 || status === 409 || status >= 500) return rules.unavailable;
  return rules.request;
}

/** What a refusal means: by its code, then by its type, then by its status. */
export function chatRefusal({ status, headers, body }: RefusedAnswer, secrets: string[]): AppError {
  const { code, type, message } = ChatRefusal.parse(body);
  const named = [code, type].flatMap((word) => byWord.find(([words]) => word && words.test(word))?.[1] ?? []);
  const rule = named.at(0) ?? byStatus(status);
  const evidence = {
    status,
    ...(code && { code: withoutSecrets(code, secrets) }),
    ...(type && { type: withoutSecrets(type, secrets) }),
    ...(message && { said: withoutSecrets(message, secrets).slice(0, 200) }),
  };
  const retryAfterMs = rule.kind === 'rate-limited' || rule.kind === 'transient' ? retryAfterOf(headers) : undefined;
  return new AppError(rule.kind, rule.code, rule.detail, { evidence, retryAfterMs });
}

/** Milliseconds that the endpoint asks to wait, at least; undefined when it does not say. */
function retryAfterOf(headers: Headers): number | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const told = headers.get('retry-after');
  if (!told) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(told.trim()) ? Number(told) * 1_000 : Date.parse(told) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Endpoints quote the key that they refuse, in full or in part. */
function withoutSecrets(text: string, secrets: string[]): string {
  const named = secrets.reduce((clean, secret) => (secret ? clean.replaceAll(secret, '[secret]') : clean), text);
  return named.replace(/\b(sk|key|Bearer)[-_ ][\w*.-]{4,}/gi, '[secret]').replace(/[\w-]{40,}/g, '[secret]');
}

/** The call had no answer: why, by who ended it. */
export function chatSilence(thrown: unknown, ended: 'deadline' | 'caller' | undefined): AppError {
  if (ended === 'deadline') return new AppError('transient', 'chat-deadline', 'The model did not answer in time.');
  if (ended === 'caller') return new AppError('transient', 'chat-aborted', 'The question was given up.');
  const cause = (thrown as { cause?: { code?: string } }).cause?.code;
  return new AppError('transient', 'chat-unreachable', 'The model endpoint cannot be reached.', {
    ...(cause && { evidence: { cause } }),
  });
}

/** It answered, but not what was asked for. */
export const chatRefused = () => new AppError(rules.refused.kind, rules.refused.code, rules.refused.detail);
export const chatNonsense = (code: 'chat-cut' | 'chat-unreadable' | 'chat-too-large', detail: string) =>
  new AppError('transient', code, detail);
