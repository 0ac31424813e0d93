import type { Claim } from './run-store.js';

/**
 * Whoever writes several runs in one transaction locks them in this order. Two that took the same runs in different orders
 * would each wait for the other, and Postgres would end one of them.
 */
export const inLockOrder = (one: Claim, other: Claim): number =>
  one.tenant === other.tenant ? compare(one.runId, other.runId) : compare(one.tenant, other.tenant);

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
