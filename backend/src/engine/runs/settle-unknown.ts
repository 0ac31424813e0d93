import { errorKinds, isBreakerOpen } from '../../platform/errors/index.js';
import { asFailure, attentionFor, errorRow } from './classify-failure.js';
import { breakerWait, chooseRetry, defaultRetry } from './choose-retry.js';
import { rethrowIfEnded, untilLetGo } from './run-session.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import type { StepRow } from './run-store.js';
import type { Evidence, StepClass } from './saga.js';
import { stepContext } from './step-context.js';

/** Looks that must agree before "there is no trace" is believed. */
const agreeingLooks = 2;
/** `settled`: nothing of it can still be under way, and the step itself looks before it writes. */
export type Settled = 'finished' | 'settled' | 'no-trace' | PutDown;

/**
 * The last attempt of this step has no known outcome. What is found is adopted at once, and several candidates are a
 * person's to decide; but that nothing is found counts only after the calls must have ended and their effect must show.
 */
export async function settleUnknown(carrying: Carrying, row: StepRow, step: StepClass): Promise<Settled> {
  const waitMs = Math.max(0, Math.ceil((row.deadline_left_ms ?? Number.NEGATIVE_INFINITY) + carrying.times.settleMs));
  if (step.repeat !== 'on-evidence') return waitMs > 0 ? waitForIt(carrying, row, waitMs) : 'settled';
  // What an early look finds may be the earlier one of two that were asked for.
  if (waitMs > 0 && row.issue_count > 1) return waitForIt(carrying, row, waitMs);
  return look(carrying, row, step, waitMs);
}

async function look(carrying: Carrying, row: StepRow, step: StepClass, waitMs: number): Promise<Settled> {
  const { session, times, registry, input } = carrying;
  let evidence: Evidence<unknown>;
  try {
    evidence = await untilLetGo(
      session.holding,
      registry.stepOf(step).reconcile!(stepContext(session, row, input, times)),
    );
  } catch (thrown) {
    return cannotLook(carrying, row, thrown);
  }
  switch (evidence.kind) {
    case 'found':
      session.log('info', 'Found what the lost call made', row.name, { via: evidence.via });
      session.stage(row, {
        state: 'done',
        output: evidence.output ?? {},
        ext_id: evidence.externalId ?? null,
        via: evidence.via,
        evidence: { ...row.evidence, ...evidence.evidence },
        error: null,
      });
      return 'finished';
    case 'several':
      session.log('error', 'Found more than one candidate; a person has to decide', row.name);
      await session.save({
        steps: [{ ordinal: row.ordinal, state: 'needs-human', evidence: { ...row.evidence, ...evidence.evidence } }],
        run: { state: 'needs-human', attention: { ...evidence.attention, step: row.name }, no_progress: 0 },
      });
      return putDown();
    case 'not-asked':
      return 'settled';
    case 'none':
      return waitMs > 0 ? waitForIt(carrying, row, waitMs) : countLook(carrying, row);
  }
}

/**
 * The wait itself counts for nothing: a step that kills its process is set aside after five deaths, and one that was
 * killed by somebody else is not set aside sooner because its outcome had to be looked for.
 */
async function waitForIt({ session }: Carrying, row: StepRow, inMs: number): Promise<PutDown> {
  session.log('warn', 'Outcome unknown: waiting before looking for it', row.name, { inMs });
  await session.save({
    steps: [{ ordinal: row.ordinal, state: 'unknown' }],
    run: { state: 'waiting', waiting_for: 'settle', run_in_ms: inMs, no_progress: 'unchanged' },
  });
  return putDown(inMs);
}

async function countLook({ session, times }: Carrying, row: StepRow): Promise<'no-trace' | PutDown> {
  const looks = row.looks + 1;
  if (looks >= agreeingLooks) return 'no-trace';
  const inMs = times.recheckMs;
  session.log('info', 'No trace of the lost call; looking once more', row.name, { inMs });
  await session.save({
    // The moved deadline keeps a run that is woken early from counting its second look too soon.
    steps: [{ ordinal: row.ordinal, state: 'unknown', looks, deadline_in_ms: inMs - times.settleMs }],
    run: { state: 'waiting', waiting_for: 'settle', run_in_ms: inMs, no_progress: 0 },
  });
  return putDown(inMs);
}

/** A failed look proves nothing, so the step stays unknown and is looked for again. */
async function cannotLook({ session, saga, log }: Carrying, row: StepRow, thrown: unknown): Promise<PutDown> {
  rethrowIfEnded(thrown, session);
  const failure = asFailure(thrown, 'at-once');
  if (failure.code === 'unforeseen')
    log.error('A look for evidence failed unforeseen', { runId: session.run.id, step: row.name, error: thrown });
  const { after } = errorKinds[failure.kind];
  const unknown = { ordinal: row.ordinal, state: 'unknown' as const, error: errorRow(failure) };
  session.log('warn', 'Could not look for the lost call', row.name, { code: failure.code, detail: failure.detail });
  if (after === 'hold') {
    const attention = attentionFor(failure, row.name, 'Reconnect, and the job goes on by itself.');
    await session.save({
      steps: [unknown],
      run: { state: 'waiting', waiting_for: 'connection', run_at: 'infinity', attention, no_progress: 0 },
    });
    return putDown();
  }
  if (after === 'stop') {
    const attention = attentionFor(failure, row.name, 'Correct what is named, then retry. Retrying looks again first.');
    await session.save({
      steps: [{ ...unknown, state: 'needs-human' }],
      run: { state: 'needs-human', attention, no_progress: 0 },
    });
    return putDown();
  }
  if (isBreakerOpen(failure)) {
    const inMs = breakerWait(failure);
    await session.save({
      steps: [unknown],
      run: { state: 'waiting', waiting_for: 'breaker', run_in_ms: inMs, no_progress: 0 },
    });
    return putDown(inMs);
  }
  // Looking is never given up, only spaced out.
  const patient = { ...(saga.retry ?? defaultRetry), retries: Number.POSITIVE_INFINITY };
  const delay = chooseRetry(patient, Math.min(row.retries, 10), Math.random(), failure.retryAfterMs)!;
  await session.save({
    steps: [{ ...unknown, retries: row.retries + 1 }],
    run: {
      state: 'waiting',
      waiting_for: after === 'wait-as-told' ? 'rate-budget' : 'retry',
      run_in_ms: delay,
      no_progress: 0,
    },
  });
  return putDown(delay);
}
