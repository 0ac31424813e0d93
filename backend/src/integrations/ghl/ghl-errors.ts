import { AppError } from '../../platform/errors/index.js';
import type { AppErrorExtras, ErrorKind } from '../../platform/errors/index.js';
import { redact } from './ghl-redact.js';

/** What was asked, as far as the meaning of a refusal depends on it. */
export interface GhlAsked {
  /** Our name of the endpoint, such as `createLocation`. */
  name: string;
  /** `read` also covers calls that change nothing worth looking for, such as minting a location token. */
  effect: 'read' | 'write';
  /** Scope that the endpoint needs; absent where the documents name none. */
  scope?: string;
}

/** A complete HTTP answer that is not a success. */
export interface GhlRefusal {
  status: number;
  headers: Headers;
  /** Body as text; may be JSON, a web page or empty. */
  body: string;
  /** Is the token past its own expiry by our clock? `false` when the call carries no token. */
  tokenExpired: boolean;
  /** Values that must never appear in an error, besides what is recognised by its shape. */
  secrets?: string[];
}

interface Words {
  text: string;
  lines: string[];
  traceId?: string;
}

interface Rule {
  status?: number[];
  text?: RegExp;
  when?: (asked: GhlAsked, refusal: GhlRefusal) => boolean;
  kind: ErrorKind;
  code: string;
  detail: (asked: GhlAsked, words: Words) => string;
}

const client4xx = [400, 401, 403, 404, 409, 422];

/**
 * First match wins. The texts are from the public issue tracker of HighLevel's API documents (numbers given)
 * and from developers' reports. 401 is overloaded: a missing scope, a wrong route and a bad token all use it,
 * and each needless refresh spends the agency's only refresh token. So the message decides, then our clock.
 */
const rules: Rule[] = [
  {
    status: [400, 401, 403],
    text: /invalid_grant|invalid grant|invalid refresh token|refresh token is invalid/i,
    when: (asked) => asked.name === 'exchangeCode' || asked.name === 'refreshGrant',
    kind: 'auth',
    code: 'ghl-invalid-grant',
    detail: () => 'HighLevel no longer accepts this grant. Connect the agency again.',
  },
  {
    status: [400, 401],
    text: /invalid_client|client credentials|client (id|secret)/i,
    when: (asked) => asked.name === 'exchangeCode' || asked.name === 'refreshGrant',
    kind: 'bug',
    code: 'ghl-client-refused',
    detail: () => 'HighLevel does not accept the client id and secret of this app. Check the configuration.',
  },
  {
    status: client4xx,
    text: /location is not active/i, // #249
    kind: 'forbidden',
    code: 'ghl-location-inactive',
    detail: () => 'The sub-account is not active in HighLevel. Activate it there (usually a billing matter).',
  },
  {
    status: client4xx,
    text: /not (yet )?installed|no installation/i,
    kind: 'not-found',
    code: 'ghl-app-not-installed',
    detail: () => 'The app is not installed on this sub-account. Install it there, or allow future sub-accounts.',
  },
  {
    status: client4xx,
    text: /already exist/i,
    kind: 'conflict',
    code: 'ghl-already-exists',
    detail: (_, words) => `HighLevel already has this: ${words.text}`,
  },
  { status: [409], kind: 'conflict', code: 'ghl-conflict', detail: (_, words) => `HighLevel refused: ${words.text}` },
  {
    status: client4xx,
    text: /not available in api version|endpoint has been removed|version header|cannot (get|post|put|delete) /i, // #304, #333
    kind: 'bug',
    code: 'ghl-no-such-endpoint',
    detail: (asked) => `HighLevel does not offer ${asked.name} under the pinned API version.`,
  },
  {
    status: [400, 401, 403],
    text: /iam service|authclass|auth class|not yet supported/i, // #306
    kind: 'bug',
    code: 'ghl-wrong-token-class',
    detail: (asked) => `HighLevel does not accept this class of token, or this path, for ${asked.name}.`,
  },
  {
    status: [401, 403],
    text: /not authorized for this scope|scope/i, // #217, #245
    when: (asked) => asked.name === 'deleteLocation',
    kind: 'forbidden',
    code: 'ghl-scope-missing',
    detail: () => 'HighLevel does not let this app delete sub-accounts. Remove it by hand in HighLevel.',
  },
  {
    status: [401, 403],
    text: /not authorized for this scope|scope/i,
    kind: 'forbidden',
    code: 'ghl-scope-missing',
    detail: (asked) =>
      `The connection lacks the scope ${asked.scope ?? `for ${asked.name}`}. Add it to the app and connect the agency again.`,
  },
  {
    status: [401, 403],
    text: /(not accessible|does not have access)/i, // #213
    kind: 'forbidden',
    code: 'ghl-wrong-location',
    detail: () => 'This token does not open this sub-account or agency.',
  },
  {
    status: [400, 401, 402, 403],
    text: /\$497|agency pro|upgrade your plan|plan does not/i,
    kind: 'forbidden',
    code: 'ghl-plan-required',
    detail: () => "The agency's HighLevel plan does not include this. Creating sub-accounts needs Agency Pro.",
  },
  {
    status: [401],
    text: /invalid jwt|jwt expired|invalid token|token (is|has) (invalid|expired)|invalid private integration token/i,
    kind: 'auth',
    code: 'ghl-token-refused',
    detail: () => 'HighLevel no longer accepts the access token.',
  },
  {
    status: [401],
    when: (_, refusal) => refusal.tokenExpired,
    kind: 'auth',
    code: 'ghl-token-expired',
    detail: () => 'The access token has expired.',
  },
  {
    // What HighLevel answers here for a sub-account without the app is not documented; the request has no other fault to name.
    status: [400, 403, 404],
    when: (asked) => asked.name === 'mintLocationToken',
    kind: 'not-found',
    code: 'ghl-app-not-installed',
    detail: (_, words) =>
      `HighLevel gives no token for this sub-account; probably the app is not installed there (${words.text}).`,
  },
  {
    status: [401, 402, 403],
    kind: 'forbidden',
    code: 'ghl-refused',
    detail: (asked, words) => `HighLevel refused ${asked.name}: ${words.text}`,
  },
  {
    status: [404],
    kind: 'not-found',
    code: 'ghl-not-found',
    detail: (asked) => `HighLevel does not know the object of ${asked.name}.`,
  },
  {
    status: [413],
    kind: 'too-large',
    code: 'ghl-too-large',
    detail: (asked) => `HighLevel found the body of ${asked.name} too large.`,
  },
  {
    status: [400, 422],
    kind: 'validation',
    code: 'ghl-validation',
    detail: (_, words) => `HighLevel refused the data: ${words.text}`,
  },
];

/** The meaning of a complete answer that is not a success. Pure: same answer, same error. */
export function ghlRefusal(asked: GhlAsked, refusal: GhlRefusal): AppError {
  const { status } = refusal;
  const words = read(refusal);
  const evidence = { call: asked.name, status, traceId: words.traceId, message: words.text };
  if (status === 429) return rateLimited(refusal.headers, evidence);
  if (status >= 500 || status === 408)
    return lost(asked, 'ghl-unavailable', `HighLevel answered ${status}.`, { evidence });
  if (status >= 300 && status < 400) {
    return asked.effect === 'write'
      ? lost(asked, 'ghl-redirected', 'HighLevel answered with a redirect, which is never followed.', { evidence })
      : new AppError('bug', 'ghl-redirected', 'HighLevel answered with a redirect. Check the API address.', {
          evidence,
        });
  }
  const rule = rules.find(
    (rule) =>
      (!rule.status || rule.status.includes(status)) &&
      (!rule.text || rule.text.test(words.text)) &&
      (!rule.when || rule.when(asked, refusal)),
  );
  if (!rule)
    return new AppError('bug', 'ghl-unexpected-status', `HighLevel answered ${status} to ${asked.name}.`, { evidence });
  const errors =
    rule.kind === 'validation' ? words.lines.map((line) => ({ pointer: pointerOf(line), detail: line })) : undefined;
  return new AppError(rule.kind, rule.code, rule.detail(asked, words), { evidence, errors });
}

/** The answer did not come, or cannot be understood: a write may have been applied, a read can be asked again. */
export function lost(asked: GhlAsked, code: string, sentence: string, extras: AppErrorExtras = {}): AppError {
  return asked.effect === 'write'
    ? new AppError('unknown-outcome', code, `${sentence} It is not known whether ${asked.name} was applied.`, extras)
    : new AppError('transient', code, sentence, extras);
}

/** Failures of the connection before a byte of the request can have been read by the other side. */
const neverSent = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
]);

/** The meaning of a failure without a complete answer: what `fetch` or the reading of the body threw. */
export function ghlFailure(asked: GhlAsked, thrown: unknown, ended?: 'deadline' | 'caller'): AppError {
  const { code, syscall } = rootOf(thrown);
  const evidence = { call: asked.name, network: code };
  if (ended === 'deadline') return lost(asked, 'ghl-timeout', 'HighLevel did not answer in time.', { evidence });
  if (ended === 'caller')
    return lost(asked, 'ghl-aborted', 'The call was given up before HighLevel answered.', { evidence });
  if (syscall === 'connect' || (code && neverSent.has(code))) return unreachable(asked, code, thrown);
  return lost(asked, 'ghl-connection-lost', 'The connection to HighLevel broke.', { evidence, cause: thrown });
}

const unreachable = (asked: GhlAsked, code: string | undefined, cause: unknown) =>
  new AppError('transient', 'ghl-unreachable', 'HighLevel cannot be reached.', {
    evidence: { call: asked.name, network: code },
    cause,
  });

/** HighLevel documents neither the body of a 429 nor Retry-After; the interval header is documented. */
function rateLimited(headers: Headers, evidence: Record<string, unknown>): AppError {
  const exhausted =
    headers.has('x-ratelimit-daily-remaining') && Number(headers.get('x-ratelimit-daily-remaining')) <= 0;
  const told = retryAfter(headers.get('retry-after'));
  const wait = exhausted
    ? Math.max(told ?? 0, Number(headers.get('x-ratelimit-daily-reset')) || 3_600_000)
    : (told ?? (Number(headers.get('x-ratelimit-interval-milliseconds')) || 10_000));
  return new AppError(
    'rate-limited',
    exhausted ? 'ghl-daily-limit' : 'ghl-rate-limited',
    exhausted ? "Today's budget of HighLevel calls is used up." : 'HighLevel asks for a pause.',
    { retryAfterMs: wait, evidence },
  );
}

function retryAfter(value: string | null): number | undefined {
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function read({ body, headers, secrets = [] }: GhlRefusal): Words {
  const clean = (text: string) => redact(text, secrets).slice(0, 300);
  const json = objectIn(body);
  const message = json?.message ?? json?.error_description;
  const lines = (Array.isArray(message) ? message : [message ?? json?.error ?? body]).map((line) =>
    clean(asText(line)),
  );
  // `error: "invalid_grant"` is the OAuth form; HighLevel's own `error` only names the status.
  const oauth = typeof json?.error === 'string' && /^invalid_/.test(json.error) ? `${json.error}: ` : '';
  const traceId = json?.traceId ?? headers.get('x-trace-id') ?? undefined;
  return {
    text: clean(oauth + lines.join('; ')),
    lines,
    traceId: traceId === undefined ? undefined : clean(asText(traceId)),
  };
}

function objectIn(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // a web page of a gateway is an expected body
  }
}

const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** HighLevel's validator begins each line with the field: `password must be …`, `property x should not exist`. */
function pointerOf(line: string): string {
  const field = /^(?:property )?([A-Za-z][\w.]*) (?:must|should|is)\b/.exec(line)?.[1];
  return field ? `/${field.replaceAll('.', '/')}` : '';
}

function rootOf(thrown: unknown): { code?: string; syscall?: string } {
  let error = thrown as { cause?: unknown; errors?: unknown[]; code?: string; syscall?: string } | undefined;
  for (let depth = 0; error && depth < 5; depth++) {
    // With several addresses for one name the connection errors arrive as one AggregateError.
    const first = (error.errors?.[0] ?? error.cause) as typeof error;
    if (error.code && !first?.code) return { code: error.code, syscall: error.syscall };
    if (!first) break;
    error = first;
  }
  return { code: error?.code, syscall: error?.syscall };
}
