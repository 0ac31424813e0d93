/**
 * The one table that decides what a failure means: which HTTP status it answers with, what the engine does
 * next, and how loudly it is logged. Callers decide by kind and never by message text.
 */
export type AfterFailure =
  /** The request was refused; asking again gives the same answer. */
  | 'stop'
  /** Certainly not applied: try again after a growing, jittered pause. */
  | 'back-off'
  /** Certainly not applied: try again at the moment the other side named. */
  | 'wait-as-told'
  /** Certainly not applied: hold until a person has renewed the connection. */
  | 'hold'
  /** It may have been applied: look for evidence before anything is repeated. */
  | 'look-first';

interface KindRule {
  status: number;
  title: string;
  after: AfterFailure;
  level: 'info' | 'warn' | 'error';
}

export const errorKinds = {
  validation: { status: 400, title: 'The request is not valid', after: 'stop', level: 'info' },
  unauthenticated: { status: 401, title: 'Sign-in is required', after: 'stop', level: 'info' },
  forbidden: { status: 403, title: 'This is not allowed', after: 'stop', level: 'warn' },
  'not-found': { status: 404, title: 'There is no such thing here', after: 'stop', level: 'info' },
  conflict: { status: 409, title: 'This conflicts with the present state', after: 'stop', level: 'info' },
  gone: { status: 410, title: 'This is no longer available', after: 'stop', level: 'info' },
  'too-large': { status: 413, title: 'The request is too large', after: 'stop', level: 'info' },
  'unsupported-type': { status: 415, title: 'The content type is not supported', after: 'stop', level: 'info' },
  'key-reused': { status: 422, title: 'The idempotency key belongs to another request', after: 'stop', level: 'info' },
  'rate-limited': { status: 429, title: 'Too many requests', after: 'wait-as-told', level: 'warn' },
  bug: { status: 500, title: 'Something went wrong on our side', after: 'stop', level: 'error' },
  auth: { status: 502, title: 'The connection to the provider must be renewed', after: 'hold', level: 'warn' },
  transient: { status: 503, title: 'Temporarily unavailable', after: 'back-off', level: 'warn' },
  'unknown-outcome': { status: 504, title: 'The outcome is not known yet', after: 'look-first', level: 'warn' },
} as const satisfies Record<string, KindRule>;

export type ErrorKind = keyof typeof errorKinds;
