import type { ErrorKind } from './error-kinds.js';

/** One fault in the input: a JSON pointer into the body (`/business/email`) or `?name` for a query parameter. */
export interface FieldFault {
  pointer: string;
  detail: string;
}

export interface AppErrorExtras {
  /** Faults by field, for `validation`. */
  errors?: FieldFault[];
  /** Milliseconds to wait before asking again, for `rate-limited` and `transient`. */
  retryAfterMs?: number;
  /** How many others wait for the same thing, so that they do not all come back at once. */
  crowd?: number;
  /** Facts that help a person or a test; must hold no secret. Shown in the problem document and the run's evidence. */
  evidence?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The only error that crosses a boundary on purpose. `kind` decides HTTP status, retry and log level
 * (see error-kinds.ts); `code` is stable and machine-readable; `detail` is a sentence for the person who
 * has to act, and says what to do.
 */
export class AppError extends Error {
  readonly errors?: FieldFault[];
  readonly retryAfterMs?: number;
  readonly crowd?: number;
  readonly evidence?: Record<string, unknown>;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    readonly detail: string,
    extras: AppErrorExtras = {},
  ) {
    super(detail, { cause: extras.cause });
    this.name = 'AppError';
    this.errors = extras.errors;
    this.retryAfterMs = extras.retryAfterMs;
    this.crowd = extras.crowd;
    this.evidence = extras.evidence;
  }
}

/** The same answer for a missing id and for another agency's id, so that ids cannot be probed. */
export const notFound = (what: string) => new AppError('not-found', 'not-found', `There is no ${what} with this id.`);

/**
 * Certainly not sent: the other side keeps failing, so a circuit breaker holds calls back until a probe is answered. Who
 * waits for it has tried nothing, so it counts as no attempt.
 */
export const breakerOpen = (detail: string, extras: AppErrorExtras) =>
  new AppError('transient', 'breaker-open', detail, extras);
export const isBreakerOpen = (error: unknown) => error instanceof AppError && error.code === 'breaker-open';
