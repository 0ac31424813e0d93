import { AsyncLocalStorage } from 'node:async_hooks';
import { requestContext } from '../http/request-context.js';
import type { LogFields } from './log.js';

const fieldsOfWork = new AsyncLocalStorage<LogFields>();

/** Every line that `act` logs carries these fields, such as runId, saga and step; inner calls add to outer ones. */
export function withLogFields<Result>(fields: LogFields, act: () => Result): Result {
  return fieldsOfWork.run({ ...fieldsOfWork.getStore(), ...fields }, act);
}

/** What a line says about the request or the piece of work it belongs to. */
export function contextFields(): LogFields {
  const request = requestContext.getStore();
  return {
    ...(request && { traceId: request.traceId, requestId: request.requestId }),
    ...(request?.principal && { tenantId: request.principal.tenant, actor: request.principal.actor }),
    ...fieldsOfWork.getStore(),
  };
}
