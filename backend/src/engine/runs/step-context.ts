import type { EngineTimes } from './engine-times.js';
import { attemptDeadlineMs } from './engine-times.js';
import type { RunSession } from './run-session.js';
import type { StepRow } from './run-store.js';
import type { LogLevel } from './runs.schema.js';
import type { StepClass, StepContext } from './saga.js';
import { hardDeadlineMs, withinDeadline } from './within-deadline.js';

/**
 * What a step sees of its run. `deadlineAt` is by the monotonic clock and never later than the one in the ledger; looking for
 * evidence and undoing need none, since both are safe to repeat.
 */
export function stepContext(
  session: RunSession,
  row: StepRow,
  input: unknown,
  times: EngineTimes,
  deadlineAt = Number.POSITIVE_INFINITY,
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
    queue: run.queue,
    input,
    marker: row.marker,
    intentAt: new Date(row.intent_at ?? Date.now()),
    repairing: row.evidence?.['repairing'] === true,
    get noted() {
      return row.evidence ?? {};
    },
    timeIsUp: holding.timeIsUp,
    outputOf<Output>(other: StepClass<never, Output>): Output {
      const found = run.steps.find((each) => each.name === other.step);
      if (!found || found.output === null) throw new Error(`The step ${other.step} has no output yet.`);
      return found.output as Output;
    },
    async call(act) {
      holding.timeIsUp.throwIfAborted();
      await holding.proveLease();
      if (performance.now() + hardDeadlineMs(times.callDeadlineMs) > deadline) await moveDeadline();
      return withinDeadline(times.callDeadlineMs, holding.signal, act);
    },
    log: (level: LogLevel, message: string, data?: Record<string, unknown>) =>
      session.log(level, message, row.name, data),
    async progress(doneSoFar, total, note) {
      const progress = { done: doneSoFar, total, ...(note ? { note } : {}) };
      await session.save({ run: { no_progress: 0 }, steps: [{ ordinal: row.ordinal, progress }] });
    },
    async note(facts) {
      await session.save({ steps: [{ ordinal: row.ordinal, evidence: { ...row.evidence, ...facts } }] }, row);
    },
  };
}
