import { AppError, isBreakerOpen } from '../../platform/errors/index.js';
import type { GhlEndpointGroup } from './ghl-endpoints.js';

/**
 * Guards the calls of one connection. Promises of every implementation: a call that it refuses was certainly not sent
 * (`breaker-open`), and it never changes what became of a call that it let through.
 */
export interface GhlBreaker {
  /** Refuses while the group is held back. Asked before a call waits for its slot of the rate budget. */
  check(group: GhlEndpointGroup): Promise<void>;
  /** Asked right before the call is sent. While the group is held back, at most one call of all processes is let through. */
  admit(group: GhlEndpointGroup): Promise<GhlAdmission>;
}

export interface GhlAdmission {
  /** Never throws. */
  settle(fate: GhlCallFate, failure?: AppError): Promise<void>;
}

/** Whether a call tells that HighLevel works: it answered, it was lost, or nothing can be said. */
export type GhlCallFate = 'answered' | 'lost' | 'untold';

/** A refusal is an answer, also a 429. What we gave up or never sent says nothing about HighLevel. */
export function fateOf(failure: AppError): GhlCallFate {
  const sent = failure.evidence?.['sent'] !== false;
  if (!sent || failure.code === 'ghl-aborted' || isBreakerOpen(failure)) return 'untold';
  return failure.kind === 'unknown-outcome' || failure.kind === 'transient' ? 'lost' : 'answered';
}
