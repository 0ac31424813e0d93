import type { RunEntity } from './run.entity.js';
import type { RunStepEntity } from './run-step.entity.js';
import type { JobDetail, JobStep, JobSummary, RunAction } from './runs.schema.js';
import type { Saga } from './saga.js';

export interface StepCounts {
  stepsDone: number;
  stepsTotal: number;
}

/** Housekeeping is not listed until a person has to look at it. */
export const isListed = (run: RunEntity) => !run.background || run.attention !== null;

const iso = (date: Date | null) => date?.toISOString() ?? null;

export function toJobSummary(run: RunEntity, counts: StepCounts): JobSummary {
  return {
    id: run.id,
    saga: run.saga,
    title: run.title,
    state: run.state,
    direction: run.direction,
    waitingFor: run.waitingFor,
    continuesAt: run.state === 'waiting' && run.runAt instanceof Date ? run.runAt.toISOString() : null,
    attention: run.attention,
    ...counts,
    createdBy: run.createdBy,
    createdAt: run.createdAt.toISOString(),
    updatedAt: run.updatedAt.toISOString(),
    finishedAt: iso(run.finishedAt),
  };
}

/** `saga` is undefined when this process does not know the definition any more; names stand in for titles then. */
export function toJobDetail(
  run: RunEntity,
  steps: RunStepEntity[],
  saga: Saga | undefined,
  undoable: ReadonlySet<string>,
): JobDetail {
  const stepsDone = steps.filter((step) => step.state === 'done' || step.state === 'partial').length;
  return {
    ...toJobSummary(run, { stepsDone, stepsTotal: steps.length }),
    version: run.version,
    attempts: run.attempts,
    lastSeq: run.eventSeq,
    cancelRequested: run.cancelRequestedAt !== null,
    steps: steps.map((step) => toJobStep(step, saga, undoable)),
    actions: saga ? actionsFor(run, steps, undoable) : [],
    output: run.output,
  };
}

function toJobStep(step: RunStepEntity, saga: Saga | undefined, undoable: ReadonlySet<string>): JobStep {
  return {
    ordinal: step.ordinal,
    name: step.name,
    title: saga?.steps[step.ordinal - 1]?.title ?? step.name,
    state: step.state,
    startedAt: iso(step.startedAt),
    finishedAt: iso(step.finishedAt),
    issueCount: step.issueCount,
    via: step.via,
    externalId: step.extId,
    progress: step.progress,
    output: step.output,
    evidence: step.evidence,
    error: step.error,
    canUndo: undoable.has(step.name),
  };
}

/** What a person may do now. Waiting for an outcome to settle cannot be cut short: that is what prevents a second effect. */
export function actionsFor(
  run: Pick<RunEntity, 'state' | 'direction' | 'waitingFor' | 'cancelRequestedAt'>,
  steps: Pick<RunStepEntity, 'name' | 'state' | 'issueCount'>[],
  undoable: ReadonlySet<string>,
): RunAction[] {
  const actions: RunAction[] = [];
  const forward = run.direction === 'forward';
  const hasPartial = steps.some((step) => step.state === 'partial');
  const stopped = run.state === 'failed' || run.state === 'cancelled' || run.state === 'needs-human';
  const waitsNeedlessly = run.state === 'waiting' && (run.waitingFor === 'retry' || run.waitingFor === 'connection');
  if (stopped || waitsNeedlessly || (run.state === 'done' && hasPartial)) actions.push('retry');
  if (forward && ['ready', 'running', 'waiting', 'needs-human'].includes(run.state) && run.cancelRequestedAt === null)
    actions.push('cancel');
  const made = steps.some((step) => step.issueCount > 0 && step.state !== 'undone' && undoable.has(step.name));
  if (forward && made && (stopped || run.state === 'done')) actions.push('undo');
  return actions;
}
