import { errorKinds, isBreakerOpen } from '../../platform/errors/index.js';
import { asFailure, attentionFor, errorRow } from './classify-failure.js';
import { breakerWait, chooseRetry, defaultRetry } from './choose-retry.js';
import { rethrowIfEnded, untilLetGo } from './run-session.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import type { StepRow } from './run-store.js';
import type { StepClass, UndoResult } from './saga.js';
import { settleUnknown } from './settle-unknown.js';
import { stepContext } from './step-context.js';

/** Takes back what the run made, last first. What was never asked for is left alone. */
export async function undoRun(carrying: Carrying): Promise<PutDown> {
  const { session, saga, registry } = carrying;
  for (const row of session.run.steps.toReversed()) {
    const step = saga.steps[row.ordinal - 1];
    if (row.issue_count === 0 || row.state === 'undone' || !registry.stepOf(step).undo) continue;
    if (session.holding.draining() || session.holding.timeIsUp.aborted) {
      await session.save({ run: { state: 'ready', run_in_ms: 0, no_progress: 0 } });
      return putDown();
    }
    const end = await undoStep(carrying, row, step);
    if (end) return end;
  }
  session.log('info', 'Everything this job made was taken back');
  await session.save({ run: { state: 'undone', attention: null, no_progress: 0 } });
  return putDown();
}

async function undoStep(carrying: Carrying, row: StepRow, step: StepClass): Promise<PutDown | undefined> {
  const { session, registry, input, times } = carrying;
  if (isOpen(row)) {
    const settled = await settleUnknown(carrying, row, step);
    if (settled === 'no-trace') {
      session.stage(row, { state: 'undone' });
      return undefined;
    }
    if (settled !== 'finished' && settled !== 'settled') return settled;
  }
  session.log('info', 'Taking back', row.name);
  const retries = row.state === 'undoing' ? row.retries : 0;
  await session.save({ steps: [{ ordinal: row.ordinal, state: 'undoing', retries }] }, row);
  let result: UndoResult;
  try {
    const ctx = stepContext(session, row, input, times);
    result = await untilLetGo(session.holding, registry.stepOf(step).undo!(ctx, row.output ?? undefined));
  } catch (thrown) {
    return cannotUndo(carrying, row, thrown);
  }
  if (result.kind === 'hold') {
    session.log('warn', 'A person has to take this back', row.name, { cause: result.attention.cause });
    await session.save({
      run: { state: 'needs-human', attention: { ...result.attention, step: row.name }, no_progress: 0 },
    });
    return putDown();
  }
  session.log('info', 'Taken back', row.name);
  session.stage(row, { state: 'undone', evidence: { ...row.evidence, ...result.evidence } });
  return undefined;
}

/** Something that was asked for may still be under way. */
const isOpen = (row: StepRow) =>
  (row.state === 'intent' && row.deadline_left_ms !== null) ||
  row.state === 'unknown' ||
  (row.state === 'needs-human' && row.output === null);

/** Undoing is safe to repeat, so every failure but a refusal is simply tried again. */
async function cannotUndo({ session, saga, log }: Carrying, row: StepRow, thrown: unknown): Promise<PutDown> {
  rethrowIfEnded(thrown, session);
  const failure = asFailure(thrown, 'at-once');
  if (failure.code === 'unforeseen')
    log.error('Undoing failed unforeseen', { runId: session.run.id, step: row.name, error: thrown });
  session.log('warn', 'Could not take this back', row.name, { code: failure.code, detail: failure.detail });
  const error = errorRow(failure);
  const { after } = errorKinds[failure.kind];
  if (after === 'hold') {
    const attention = attentionFor(failure, row.name, 'Reconnect, and undoing goes on by itself.');
    await session.save({
      steps: [{ ordinal: row.ordinal, error }],
      run: { state: 'waiting', waiting_for: 'connection', run_at: 'infinity', attention, no_progress: 0 },
    });
    return putDown();
  }
  if (isBreakerOpen(failure)) {
    const inMs = breakerWait(failure);
    await session.save({
      steps: [{ ordinal: row.ordinal, error }],
      run: { state: 'waiting', waiting_for: 'breaker', run_in_ms: inMs, no_progress: 0 },
    });
    return putDown(inMs);
  }
  const told = after === 'wait-as-told';
  const policy = saga.retry ?? defaultRetry;
  const patience = told ? { ...policy, retries: Number.POSITIVE_INFINITY } : policy;
  const delay = after === 'stop' ? undefined : chooseRetry(patience, row.retries, Math.random(), failure.retryAfterMs);
  if (delay === undefined) {
    const attention = attentionFor(failure, row.name, 'Correct what is named, then retry: undoing goes on from here.');
    await session.save({
      steps: [{ ordinal: row.ordinal, error }],
      run: { state: 'needs-human', attention, no_progress: 0 },
    });
    return putDown();
  }
  await session.save({
    steps: [{ ordinal: row.ordinal, error, retries: told ? row.retries : row.retries + 1 }],
    run: {
      state: 'waiting',
      waiting_for: told ? 'rate-budget' : 'retry',
      run_in_ms: delay,
      no_progress: 0,
    },
  });
  return putDown(delay);
}
