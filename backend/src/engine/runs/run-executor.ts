import { Inject, Injectable } from '@nestjs/common';
import { errorKinds } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { asFailure, attentionFor, errorRow } from './classify-failure.js';
import { chooseRetry, defaultRetry } from './choose-retry.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import { attemptDeadlineMs, ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HoldLost, type Holding, RunSession } from './run-session.js';
import { LiveRuns } from './live-runs.js';
import { type Claim, RunStore, type StepRow } from './run-store.js';
import type { StepClass, StepResult, Warning } from './saga.js';
import { SagaRegistry } from './saga-registry.js';
import { settleUnknown } from './settle-unknown.js';
import { stepContext } from './step-context.js';
import { undoRun } from './undo-run.js';

/** Claims that ended without any step getting further; then the run is poison and a person looks at it. */
const poisonAfter = 5;
/** The effect itself, and once more on evidence. */
const issuesAtMost = 2;

/** Carries a claimed run as far as it goes now: step by step forward, or backward when it is being undone. */
@Injectable()
export class RunExecutor {
  constructor(
    private readonly store: RunStore,
    private readonly registry: SagaRegistry,
    private readonly live: LiveRuns,
    private readonly log: Log,
    @Inject(ENGINE_TIMES) private readonly times: EngineTimes,
  ) {}

  async execute(claim: Claim, holding: Holding): Promise<PutDown> {
    const run = await this.store.load(claim);
    const session = new RunSession(this.store, this.live, claim, run, holding);
    try {
      const saga = this.registry.find(run.saga, run.version)!;
      if (run.no_progress > poisonAfter) return await this.isolate(session);
      const input = saga.input.parse(run.input);
      const carrying = { session, saga, input, times: this.times, registry: this.registry, log: this.log };
      return run.direction === 'undo' ? await undoRun(carrying) : await forward(carrying);
    } catch (error) {
      if (error instanceof HoldLost || holding.signal.aborted) return putDown();
      throw error;
    } finally {
      await session.close();
    }
  }

  private async isolate(session: RunSession): Promise<PutDown> {
    const cause = `This job was started ${session.run.no_progress - 1} times without getting any further.`;
    session.log('error', 'Set aside: started again and again without progress');
    await session.save({
      run: {
        state: 'needs-human',
        attention: { code: 'no-progress', cause, nextAction: 'Look at the log, then retry or undo.', step: null },
        no_progress: 0,
      },
    });
    return putDown();
  }
}

async function forward(carrying: Carrying): Promise<PutDown> {
  const { session, saga } = carrying;
  for (const row of session.run.steps) {
    if (row.state === 'done' || row.state === 'partial') continue;
    const step = saga.steps[row.ordinal - 1];
    if (session.cancelRequested && mayStopBefore(row, step)) return cancel(session);
    if (session.holding.draining() && row.state === 'planned') return handBack(session);
    const end = await carry(carrying, row, step);
    if (end) return end;
  }
  const last = session.run.steps.at(-1)!;
  const attention = attentionOf(session.run.steps.find((row) => row.state === 'partial'));
  session.log('info', attention ? 'Job done, with something left to look at' : 'Job done');
  await session.save({ run: { state: 'done', output: last.output, attention, no_progress: 0 } });
  return putDown();
}

const attentionOf = (row: StepRow | undefined) =>
  row ? { ...(row.evidence!['attention'] as Warning), step: row.name } : null;

/** A step whose outcome is not known yet is settled first: what it made must not be forgotten. */
const mayStopBefore = (row: StepRow, step: StepClass) => row.state === 'planned' || step.repeat === 'at-once';

async function cancel(session: RunSession): Promise<PutDown> {
  session.log('warn', 'Job cancelled');
  await session.save({ run: { state: 'cancelled', attention: null, cancel_requested_at: null, no_progress: 0 } });
  return putDown();
}

async function handBack(session: RunSession): Promise<PutDown> {
  await session.save({ run: { state: 'ready', run_in_ms: 0, no_progress: 0 } });
  return putDown();
}

/** Returns nothing when the step is finished and the next one may begin. */
async function carry(carrying: Carrying, row: StepRow, step: StepClass): Promise<PutDown | undefined> {
  if (row.state === 'planned')
    return attempt(carrying, row, step, step.repeat === 'on-evidence' || row.issue_count === 0 ? 1 : 0);
  if (step.repeat === 'at-once') return attempt(carrying, row, step, 0);
  const settled = await settleUnknown(carrying, row, step);
  if (settled === 'finished') return undefined;
  if (settled === 'settled') return attempt(carrying, row, step, 0);
  if (settled === 'no-trace') return issueOnceMore(carrying, row, step);
  return settled;
}

/** Two looks agree that the effect is not there. A third time nobody asks for it without a person. */
async function issueOnceMore(carrying: Carrying, row: StepRow, step: StepClass): Promise<PutDown | undefined> {
  const { session } = carrying;
  if (row.issue_count < issuesAtMost) {
    session.log('warn', 'No trace of the lost call in two looks; issuing it once more', row.name);
    return attempt(carrying, row, step, 1);
  }
  const cause = `It was asked for ${issuesAtMost} times, and no answer and no trace of it was found.`;
  session.log('error', 'No trace of what was asked for; a person has to decide', row.name);
  await session.save({
    steps: [{ ordinal: row.ordinal, state: 'needs-human' }],
    run: {
      state: 'needs-human',
      attention: {
        code: 'no-trace',
        cause,
        nextAction: 'Look for it at the provider, then retry: that looks again first.',
        step: row.name,
      },
      no_progress: 0,
    },
  });
  return putDown();
}

/** Writes the intent, makes the effect, and keeps what came of it. */
async function attempt(
  carrying: Carrying,
  row: StepRow,
  step: StepClass,
  issues: number,
): Promise<PutDown | undefined> {
  const { session, times, registry, input } = carrying;
  const begunAt = performance.now();
  const deadlineMs = attemptDeadlineMs(times);
  session.log('info', row.issue_count + issues > 1 ? 'Step issued again' : 'Step started', row.name);
  await session.save(
    {
      steps: [
        {
          ordinal: row.ordinal,
          state: 'intent',
          request_hash: session.run.request_hash,
          deadline_in_ms: deadlineMs,
          issue_count: row.issue_count + issues,
          looks: 0,
        },
      ],
    },
    row,
  );
  row.intent_at ??= new Date().toISOString();
  if (session.cancelRequested && issues > 0) {
    session.stage(row, { state: 'planned', issue_count: row.issue_count - issues });
    return cancel(session);
  }
  const ctx = stepContext(session, row, step, input, times, begunAt + deadlineMs);
  let result: StepResult<unknown>;
  try {
    result = await registry.stepOf(step).run(ctx);
  } catch (thrown) {
    return failed(carrying, row, step, thrown);
  }
  return keep(session, row, result);
}

async function keep(session: RunSession, row: StepRow, result: StepResult<unknown>): Promise<PutDown | undefined> {
  switch (result.kind) {
    case 'done':
    case 'partial': {
      const {
        repairing: _repaired,
        attention: _before,
        ...evidence
      } = { ...row.evidence, ...result.evidence } as Record<string, unknown>;
      if (result.kind === 'partial') evidence['attention'] = result.attention;
      session.stage(row, {
        state: result.kind,
        output: result.output ?? {},
        ext_id: result.externalId ?? null,
        via: 'direct',
        error: null,
        evidence,
      });
      if (result.kind === 'partial')
        session.log('warn', 'Step partly done', row.name, { cause: result.attention.cause });
      else session.log('info', 'Step done', row.name);
      return undefined;
    }
    case 'again':
      await session.save({
        run: { state: 'waiting', waiting_for: result.waitingFor, run_in_ms: result.inMs, no_progress: 0 },
      });
      return putDown(result.inMs);
    case 'hold':
      session.log('error', 'A person has to decide', row.name, { cause: result.attention.cause });
      await session.save({
        steps: [{ ordinal: row.ordinal, state: 'needs-human' }],
        run: { state: 'needs-human', attention: { ...result.attention, step: row.name }, no_progress: 0 },
      });
      return putDown();
  }
}

async function failed(
  { session, saga, times, log }: Carrying,
  row: StepRow,
  step: StepClass,
  thrown: unknown,
): Promise<PutDown> {
  if (thrown instanceof HoldLost || session.holding.signal.aborted) throw new HoldLost();
  const failure = asFailure(thrown, step.repeat);
  if (failure.code === 'unforeseen')
    log.error('A step failed unforeseen', { runId: session.run.id, step: row.name, error: thrown });
  const ordinal = row.ordinal;
  const error = errorRow(failure);
  const facts = { code: failure.code, detail: failure.detail };
  /** Certainly not applied, so this attempt does not count as asked for. */
  const notApplied = {
    ordinal,
    state: 'planned' as const,
    error,
    issue_count: step.repeat === 'on-evidence' ? row.issue_count - 1 : row.issue_count,
  };
  switch (errorKinds[failure.kind].after) {
    case 'back-off': {
      const policy = saga.retry ?? defaultRetry;
      const delay = chooseRetry(policy, row.retries, Math.random(), failure.retryAfterMs);
      if (delay === undefined)
        return fail(session, row, failure, `It was tried ${policy.retries + 1} times. Retry when the cause is gone.`);
      session.log('warn', 'Not applied; trying again later', row.name, { ...facts, inMs: delay });
      await session.save({
        steps: [{ ...notApplied, retries: row.retries + 1 }],
        run: { state: 'waiting', waiting_for: 'retry', run_in_ms: delay, no_progress: 0 },
      });
      return putDown(delay);
    }
    case 'wait-as-told': {
      const delay = Math.round((failure.retryAfterMs ?? 10_000) * (1 + Math.random() / 4));
      session.log('info', 'Waiting for the rate budget', row.name, { ...facts, inMs: delay });
      await session.save({
        steps: [notApplied],
        run: { state: 'waiting', waiting_for: 'rate-budget', run_in_ms: delay, no_progress: 0 },
      });
      return putDown(delay);
    }
    case 'hold':
      session.log('warn', 'Waiting for the connection to be renewed', row.name, facts);
      await session.save({
        steps: [notApplied],
        run: {
          state: 'waiting',
          waiting_for: 'connection',
          run_at: 'infinity',
          no_progress: 0,
          attention: attentionFor(failure, row.name, 'Reconnect, and the job goes on by itself.'),
        },
      });
      return putDown();
    case 'look-first':
      session.log('warn', 'Outcome unknown: waiting before looking for it', row.name, {
        ...facts,
        inMs: times.settleMs,
      });
      await session.save({
        steps: [{ ordinal, state: 'unknown', looks: 0, deadline_in_ms: 0, error }],
        run: { state: 'waiting', waiting_for: 'settle', run_in_ms: times.settleMs, no_progress: 0 },
      });
      return putDown(times.settleMs);
    case 'stop':
      return fail(session, row, failure, 'Correct what is named, then retry; or undo what was made.');
  }
}

async function fail(
  session: RunSession,
  row: StepRow,
  failure: ReturnType<typeof asFailure>,
  nextAction: string,
): Promise<PutDown> {
  session.log('error', 'Step failed', row.name, { code: failure.code, detail: failure.detail });
  await session.save({
    steps: [{ ordinal: row.ordinal, state: 'rejected', error: errorRow(failure) }],
    run: { state: 'failed', attention: attentionFor(failure, row.name, nextAction), no_progress: 0 },
  });
  return putDown();
}
