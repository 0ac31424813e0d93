import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { fromDatabaseError } from '../database/index.js';
import { AppError, type ErrorKind, errorKinds } from '../errors/index.js';
import type { Problem } from './problem.schema.js';

/** What an error becomes outside: its problem document, the headers that belong to it, and how loudly it is logged. */
export interface Answer {
  problem: Problem;
  headers: Record<string, string>;
  level: 'info' | 'warn' | 'error';
}

/** Messages of errors that are not ours never leave: they quote URLs, SQL and paths. */
export function toProblem(error: unknown, traceId: string): Answer {
  if (error instanceof AppError) return fromAppError(error, traceId);
  if (error instanceof HttpException) return fromHttpException(error, traceId);
  return fromAppError(fromDatabaseError(error) ?? bug(error), traceId);
}

const bug = (cause: unknown) => new AppError('bug', 'internal', '', { cause });

function fromAppError(error: AppError, traceId: string): Answer {
  const { status, title, level } = errorKinds[error.kind];
  if (error.kind === 'bug') {
    return {
      problem: problem(status, title, 'internal', 'Nothing you did wrong. Tell us the traceId.', traceId),
      headers: {},
      level,
    };
  }
  const extras = { ...(error.errors && { errors: error.errors }), ...(error.evidence && { evidence: error.evidence }) };
  return {
    problem: { ...problem(status, title, error.code, error.detail, traceId), ...extras },
    headers: headersOf(error),
    level,
  };
}

function headersOf({ kind, retryAfterMs }: AppError): Record<string, string> {
  return {
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    ...(kind === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="switchyard"' }),
  };
}

/** Fastify's own refusals arrive as HttpExceptions with the fastify error as their cause. */
const byFastifyCode: Record<string, [ErrorKind, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too-large',
    'body-too-large',
    'The body is larger than is accepted here: 1 MB, or 12 MB for a batch or for many intakes.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-type', 'unsupported-type', 'Send the body as application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['validation', 'json-empty', 'The body is empty although its type is application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['validation', 'json-malformed', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'validation',
    'content-length-wrong',
    'The body does not have the length that was announced.',
  ],
  FST_ERR_BAD_URL: ['validation', 'url-malformed', 'The address holds a malformed escape sequence.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'not-found', 'There is no such thing with this id.'],
};

const byStatus: Partial<Record<number, [ErrorKind, string, string]>> = {
  400: ['validation', 'bad-request', 'The request cannot be read.'],
  401: ['unauthenticated', 'unauthenticated', 'Sign in, or send an API key as a Bearer token.'],
  403: ['forbidden', 'cross-site-request', 'The request was sent by a page of another site and was refused.'],
  404: ['not-found', 'no-such-route', 'There is nothing at this address.'],
  413: byFastifyCode.FST_ERR_CTP_BODY_TOO_LARGE,
  415: byFastifyCode.FST_ERR_CTP_INVALID_MEDIA_TYPE,
  429: ['rate-limited', 'too-many-requests', 'Too many requests. Wait a moment.'],
  503: ['transient', 'not-ready', 'Not ready to serve. Try again in a moment.'],
};

function fromHttpException(error: HttpException, traceId: string): Answer {
  const status = error.getStatus();
  const known = byFastifyCode[(error.cause as { code?: string } | undefined)?.code ?? ''] ?? byStatus[status];
  if (known)
    return fromAppError(
      new AppError(known[0], known[1], known[2], { evidence: checksOf(error), cause: error }),
      traceId,
    );
  if (status >= 500) return fromAppError(bug(error), traceId);
  return { problem: plainProblem(status, traceId), headers: {}, level: 'info' };
}

/** A health check says which parts are down, and no more. */
function checksOf(error: HttpException): Record<string, unknown> | undefined {
  const { details } = (error.getResponse() ?? {}) as { details?: Record<string, { status?: string }> };
  return details && Object.fromEntries(Object.entries(details).map(([name, check]) => [name, check.status]));
}

/** For statuses that no error kind has, such as 405 and 431. */
export function plainProblem(status: number, traceId: string, detail = 'The request was refused.'): Problem {
  const title = STATUS_CODES[status] ?? 'The request was refused';
  return problem(status, title, title.toLowerCase().replaceAll(' ', '-'), detail, traceId);
}

function problem(status: number, title: string, code: string, detail: string, traceId: string): Problem {
  return { type: `urn:switchyard:problem:${code}`, title, status, code, detail, traceId };
}
