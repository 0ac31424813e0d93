import { type AppError, errorKinds, isBreakerOpen } from '../../platform/errors/index.js';
import { asFailure, attentionFor, errorRow } from './classify-failure.js';
import { breakerWait, chooseRetry, defaultRetry } from './choose-retry.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import { rethrowIfEnded, type RunSession } from './run-session.js';
import type { StepPatch, StepRow } from './run-store.js';
import type { StepClass } from './saga.js';

/** What becomes of the run when an attempt of a step threw. The kind of the error decides; see error-kinds.ts. */
export async function afterFailure(
  carrying: Carrying,
  row: StepRow,
  step: StepClass,
  thrown: unknown,
): Promise<PutDown> {
  const { session, saga, log } = carrying;
  rethrowIfEnded(thrown, session);
  const failure = asFailure(thrown, step.repeat);
  if (failure.code === 'unforeseen')
    log.error('A step failed unforeseen', { runId: session.run.id, step: row.name, error: thrown });
  const facts = { code: failure.code, detail: failure.detail };
  if (isBreakerOpen(failure)) {
    const delay = breakerWait(failure);
    session.log('info', 'Not sent: the provider keeps failing; waiting until it answers', row.name, {
      ...facts,
      inMs: delay,
    });
    return tryAgain(session, notApplied(row, step, failure), 'breaker', delay);
  }
  switch (errorKinds[failure.kind].after) {
    case 'back-off': {
      const policy = saga.retry ?? defaultRetry;
      const delay = chooseRetry(policy, row.retries, Math.random(), failure.retryAfterMs);
      if (delay === undefined)
        return giveUp(session, row, failure, `${triedSoOften(row)} Retry when the cause is gone.`);
      session.log('warn', 'Not applied; trying again later', row.name, { ...facts, inMs: delay });
      return tryAgain(session, { ...notApplied(row, step, failure), retries: row.retries + 1 }, 'retry', delay);
    }
    case 'wait-as-told': {
      const delay = Math.round((failure.retryAfterMs ?? 10_000) * (1 + Math.random() / 4));
      session.log('info', 'Waiting for the rate budget', row.name, { ...facts, inMs: delay });
      return tryAgain(session, notApplied(row, step, failure), 'rate-budget', delay);
    }
    case 'hold':
      session.log('warn', 'Waiting for the connection to be renewed', row.name, facts);
      await session.save({
        steps: [notApplied(row, step, failure)],
        run: {
          state: 'waiting',
          waiting_for: 'connection',
          run_at: 'infinity',
          ends_on_cancel: true,
          no_progress: 0,
          attention: attentionFor(failure, row.name, 'Reconnect, and the job goes on by itself.'),
        },
      });
      return putDown(session.cancelRequested ? 0 : undefined);
    case 'look-first':
      return lookFirst(carrying, row, step, failure);
    case 'stop':
      return giveUp(session, row, failure, 'Correct what is named, then retry; or undo what was made.');
  }
}

/** Certainly not applied, so an attempt that must not be repeated does not count as asked for. */
const notApplied = (row: StepRow, step: StepClass, failure: AppError) => ({
  ordinal: row.ordinal,
  state: 'planned' as const,
  error: errorRow(failure),
  issue_count: step.repeat === 'on-evidence' ? row.issue_count - 1 : row.issue_count,
});

const triedSoOften = (row: StepRow) => `It was tried ${row.retries + 1} times.`;

async function tryAgain(
  session: RunSession,
  patch: StepPatch,
  waitingFor: 'retry' | 'rate-budget' | 'breaker',
  inMs: number,
): Promise<PutDown> {
  await session.save({
    steps: [patch],
    run: { state: 'waiting', waiting_for: waitingFor, run_in_ms: inMs, ends_on_cancel: true, no_progress: 0 },
  });
  return putDown(session.cancelRequested ? 0 : inMs);
}

/** A step that looks before each write is run again after it settled, as often as the policy allows. */
async function lookFirst(
  { session, saga, times }: Carrying,
  row: StepRow,
  step: StepClass,
  failure: AppError,
): Promise<PutDown> {
  const facts = { code: failure.code, detail: failure.detail };
  const retries = step.repeat === 'after-settling' ? row.retries + 1 : row.retries;
  const unknown = { ordinal: row.ordinal, looks: 0, deadline_in_ms: 0, retries, error: errorRow(failure) };
  if (retries > (saga.retry ?? defaultRetry).retries) {
    const nextAction = `${triedSoOften(row)} Retry when the provider answers again: that waits and looks first.`;
    session.log('error', 'Outcome unknown again and again; a person has to decide', row.name, facts);
    await session.save({
      steps: [{ ...unknown, state: 'needs-human' }],
      run: { state: 'needs-human', attention: attentionFor(failure, row.name, nextAction), no_progress: 0 },
    });
    return putDown();
  }
  const inMs = times.settleMs;
  session.log('warn', 'Outcome unknown: waiting before looking for it', row.name, { ...facts, inMs });
  await session.save({
    steps: [{ ...unknown, state: 'unknown' }],
    run: { state: 'waiting', waiting_for: 'settle', run_in_ms: inMs, no_progress: 0 },
  });
  return putDown(inMs);
}

async function giveUp(session: RunSession, row: StepRow, failure: AppError, nextAction: string): Promise<PutDown> {
  session.log('error', 'Step failed', row.name, { code: failure.code, detail: failure.detail });
  await session.save({
    steps: [{ ordinal: row.ordinal, state: 'rejected', error: errorRow(failure) }],
    run: { state: 'failed', attention: attentionFor(failure, row.name, nextAction), no_progress: 0 },
  });
  return putDown();
}
