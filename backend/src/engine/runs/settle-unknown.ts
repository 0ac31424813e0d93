import { errorKinds } from '../../platform/errors/index.js';
import { asFailure, attentionFor, errorRow } from './classify-failure.js';
import { chooseRetry, defaultRetry } from './choose-retry.js';
import { HoldLost } from './run-session.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import type { StepRow } from './run-store.js';
import type { Evidence, StepClass } from './saga.js';
import { stepContext } from './step-context.js';

/** Looks that must agree before "there is no trace" is believed. */
const agreeingLooks = 2;
/** `settled`: nothing of it can still be under way, and the step itself looks before it writes. */
export type Settled = 'finished' | 'settled' | 'no-trace' | PutDown;

/**
 * The last attempt of this step has no known outcome. Waits until its calls must have ended and their effect must show,
 * then looks for evidence: what is found is adopted; several candidates are a person's to decide.
 */
export async function settleUnknown(carrying: Carrying, row: StepRow, step: StepClass): Promise<Settled> {
  const { session, times, registry, input } = carrying;
  const waitMs = Math.ceil((row.deadline_left_ms ?? 0) + times.settleMs);
  if (waitMs > 0 && row.looks === 0) {
    session.log('warn', 'Outcome unknown: waiting before looking for it', row.name, { inMs: waitMs });
    await session.save({
      steps: [{ ordinal: row.ordinal, state: 'unknown' }],
      run: { state: 'waiting', waiting_for: 'settle', run_in_ms: waitMs, no_progress: 0 },
    });
    return putDown(waitMs);
  }
  if (step.repeat === 'after-settling') return 'settled';

  let evidence: Evidence<unknown>;
  try {
    evidence = await registry.stepOf(step).reconcile!(
      stepContext(session, row, step, input, times, Number.POSITIVE_INFINITY),
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
    case 'none':
      break;
  }
  const looks = row.looks + 1;
  if (looks < agreeingLooks) {
    session.log('info', 'No trace of the lost call; looking once more', row.name, { inMs: times.recheckMs });
    await session.save({
      steps: [{ ordinal: row.ordinal, state: 'unknown', looks }],
      run: { state: 'waiting', waiting_for: 'settle', run_in_ms: times.recheckMs, no_progress: 0 },
    });
    return putDown(times.recheckMs);
  }
  return 'no-trace';
}

/** A failed look proves nothing, so the step stays unknown and is looked for again. */
async function cannotLook({ session, saga, times, log }: Carrying, row: StepRow, thrown: unknown): Promise<PutDown> {
  if (thrown instanceof HoldLost || session.holding.signal.aborted) throw new HoldLost();
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
  const { baseMs, capMs } = saga.retry ?? defaultRetry;
  const delay =
    chooseRetry(
      { retries: Number.POSITIVE_INFINITY, baseMs, capMs },
      Math.min(row.retries, 10),
      Math.random(),
      failure.retryAfterMs,
    ) ?? times.recheckMs;
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
