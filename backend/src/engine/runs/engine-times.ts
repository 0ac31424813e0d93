import type { Config } from '../../platform/config/index.js';

/** The times that correctness depends on; see docs/configuration.md for what each one means. */
export interface EngineTimes {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly settleMs: number;
  readonly recheckMs: number;
  readonly callDeadlineMs: number;
  readonly drainMs: number;
  readonly runSoftMs: number;
  readonly runHardMs: number;
}

export const ENGINE_TIMES = Symbol('ENGINE_TIMES');

export const engineTimesFrom = (config: Config): EngineTimes => ({
  leaseMs: config.LEASE_MS,
  heartbeatMs: config.HEARTBEAT_MS,
  sweepMs: config.SWEEP_MS,
  settleMs: config.SETTLE_MS,
  recheckMs: config.RECHECK_MS,
  callDeadlineMs: config.CALL_DEADLINE_MS,
  drainMs: config.DRAIN_MS,
  runSoftMs: config.RUN_SOFT_LIMIT,
  runHardMs: config.RUN_HARD_LIMIT,
});

/**
 * How long after its intent an attempt may still have a call in flight. Room for a second call to begin is added, so that
 * a step of many calls moves its deadline once in a while and not for each one.
 */
export const attemptDeadlineMs = (times: EngineTimes) => times.callDeadlineMs + Math.min(10_000, times.callDeadlineMs);
