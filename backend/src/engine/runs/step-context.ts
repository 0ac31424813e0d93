import type { EngineTimes } from './engine-times.js';
import { attemptDeadlineMs } from './engine-times.js';
import type { RunSession } from './run-session.js';
import type { StepRow } from './run-store.js';
import type { LogLevel } from './runs.schema.js';
import type { StepClass, StepContext } from './saga.js';

/** What a step sees of its run. `deadlineAt` is by the monotonic clock and never later than the one in the ledger. */
export function stepContext(
  session: RunSession,
  row: StepRow,
  step: StepClass,
  input: unknown,
  times: EngineTimes,
  deadlineAt = 0,
): StepContext<unknown> {
  const { claim, run, holding } = session;
  let deadline = deadlineAt;

  /** A successor waits for the ledger's deadline, so no call may outlive it. */
  const moveDeadline = async () => {
    const attemptMs = attemptDeadlineMs(times);
    const from = performance.now();
    await session.save({ steps: [{ ordinal: row.ordinal, deadline_in_ms: attemptMs }] });
    deadline = from + attemptMs;
  };

  return {
    tenant: claim.tenant,
    runId: run.id,
    createdBy: run.created_by,
    input,
    marker: row.marker,
    intentAt: new Date(row.intent_at ?? Date.now()),
    repairing: row.evidence?.['repairing'] === true,
    get noted() {
      return row.evidence ?? {};
    },
    outputOf<Output>(other: StepClass<never, Output>): Output {
      const found = run.steps.find((each) => each.name === other.step);
      if (!found || found.output === null) throw new Error(`The step ${other.step} has no output yet.`);
      return found.output as Output;
    },
    async call(act) {
      await holding.proveLease();
      if (step.repeat !== 'at-once' && performance.now() + times.callDeadlineMs > deadline) await moveDeadline();
      return act({ signal: holding.signal, deadlineMs: times.callDeadlineMs });
    },
    log: (level: LogLevel, message: string, data?: Record<string, unknown>) =>
      session.log(level, message, row.name, data),
    progress: (doneSoFar, total, note) =>
      session.save({
        run: { no_progress: 0 },
        steps: [{ ordinal: row.ordinal, progress: { done: doneSoFar, total, ...(note ? { note } : {}) } }],
      }),
    note: (facts) => session.save({ steps: [{ ordinal: row.ordinal, evidence: { ...row.evidence, ...facts } }] }, row),
  };
}
