import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Principal } from './principal.js';

/** What log lines and problems say about the request they belong to. Decisions take arguments, never this. */
export interface RequestContext {
  readonly requestId: string;
  readonly traceId: string;
  principal?: Principal;
  /** Headers that the answer gets, whatever the handler returns. */
  readonly answerHeaders: Record<string, string>;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The caller's request id when it is harmless in a log line, else a fresh one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,100}$/.test(header) ? header : randomUUID();
}

/** The trace id of a W3C `traceparent` header, else a fresh one. */
export function traceIdOf(header: string | string[] | undefined): string {
  const [, traceId] =
    (typeof header === 'string' && /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(header)) || [];
  return traceId && !/^0+$/.test(traceId) ? traceId : randomBytes(16).toString('hex');
}
