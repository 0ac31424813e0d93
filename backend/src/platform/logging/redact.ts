import { Secret } from '../crypto/secret.js';

const HIDDEN = '[secret]';
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_TEXT = 8_000;
const secretKey = /token|secret|passw(or)?d|authorization|cookie|api[-_]?key|private[-_]?key|verifier|^sig(nature)?$/i;
/** Names that hold one of these words and yet no secret. */
const harmlessKey = /(count|ids?|name|expires(At|In))$/i;

/** Secrets are hidden by their type; names and texts that look like one are a second net. */
export function redact(value: unknown, depth = 0): unknown {
  if (value instanceof Secret) return HIDDEN;
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return describeError(value, depth);
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return redact([...value], depth);
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, isSecretKey(key, inner) ? HIDDEN : redact(inner, depth + 1)]),
  );
}

const isSecretKey = (key: string, value: unknown) =>
  value !== null &&
  typeof value !== 'number' &&
  typeof value !== 'boolean' &&
  secretKey.test(key) &&
  !harmlessKey.test(key);

/** Passwords in URLs, Bearer values and our own API keys, wherever a text quotes them. */
export function redactText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/:\/\/[^/\s:@]*:[^/\s@]+@/g, `://${HIDDEN}@`)
    .replace(/\b(Bearer|Basic) [\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`)
    .replace(/\bsw_[\w-]{6,}/g, HIDDEN);
}

/** Errors of clients carry whole requests with their headers; only these fields are told. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, kind, constraint, table } = error as Error & Record<string, unknown>;
  const told = {
    type: error.name,
    message: redactText(error.message),
    code,
    kind,
    constraint,
    table,
    stack: redactText(error.stack ?? ''),
  };
  return { ...told, ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }) };
}
