import { AppError } from '../errors/index.js';

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08003',
  '08001',
  '3D000',
]);

/** The connection ended between two statements: TypeORM has let go of it and says no more than that. */
const lostBetweenStatements = new Set(['QueryRunnerAlreadyReleasedError', 'QueryRunnerProviderAlreadyReleasedError']);

/** What a database failure means to the caller; `undefined` when it is a bug of ours. */
export function fromDatabaseError(error: unknown): AppError | undefined {
  const { code, message = '' } = rootOf(error);
  if (code === '55P03' || code === '40P01' || code === '40001') {
    return new AppError(
      'transient',
      'database-busy',
      'Somebody else is changing the same thing. Try again in a moment.',
      { retryAfterMs: 1_000, cause: error },
    );
  }
  if (code === '57014') {
    return new AppError('transient', 'query-too-slow', 'This took too long to read. Narrow the filter and try again.', {
      retryAfterMs: 1_000,
      cause: error,
    });
  }
  if (
    (code && connectionCodes.has(code)) ||
    lostBetweenStatements.has((error as Error | undefined)?.name ?? '') ||
    /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable/i.test(message)
  ) {
    return new AppError(
      'transient',
      'database-unavailable',
      'The database cannot be reached. Nothing was lost; try again in a moment.',
      { retryAfterMs: 2_000, cause: error },
    );
  }
  // Text that Postgres cannot hold: a NUL byte, or a lone half of a surrogate pair inside JSON.
  if (code === '22021' || code === '22P05' || code === '22P02') {
    return new AppError(
      'validation',
      'text-not-storable',
      'The request holds characters that cannot be stored, such as a NUL byte.',
      { cause: error },
    );
  }
  return undefined;
}

/** Is this the violation of the named unique index? */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const root = rootOf(error);
  return root.code === '23505' && (constraint === undefined || root.constraint === constraint);
}

function rootOf(error: unknown): { code?: string; constraint?: string; message?: string } {
  const inner = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  return (inner ?? {}) as { code?: string; constraint?: string; message?: string };
}
