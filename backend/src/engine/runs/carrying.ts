import type { Log } from '../../platform/logging/index.js';
import type { EngineTimes } from './engine-times.js';
import type { RunSession } from './run-session.js';
import type { Saga } from './saga.js';
import type { SagaRegistry } from './saga-registry.js';

/** Everything that carrying one claimed run needs. */
export interface Carrying {
  session: RunSession;
  saga: Saga;
  input: unknown;
  times: EngineTimes;
  registry: SagaRegistry;
  log: Log;
}

/** The run was put down: by itself it goes on in so many milliseconds, or only when somebody wakes it. */
export interface PutDown {
  againInMs?: number;
}
export const putDown = (againInMs?: number): PutDown => ({ againInMs });
