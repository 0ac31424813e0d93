import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { afterFailure } from './after-failure.js';
import { type Carrying, putDown, type PutDown } from './carrying.js';
import { attemptDeadlineMs, ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HoldLost, type Holding, RunSession, TimeIsUp, untilLetGo } from './run-session.js';
import { LiveRuns } from './live-runs.js';
import { type Claimed, RunStore, type StepRow } from './run-store.js';
import type { StepClass, StepResult, Warning } from './saga.js';
import { SagaRegistry } from './saga-registry.js';
import { settleUnknown } from './settle-unknown.js';
import { stepContext } from './step-context.js';
import { undoRun } from './undo-run.js';

/** Claims that ended without any step getting further; then the run is poison and a person looks at it. */
const poisonAfter = 5;

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

  async execute({ run, ...claim }: Claimed, holding: Holding): Promise<PutDown> {
    const session = new RunSession(this.store, this.live, claim, run, holding);
    try {
      const saga = this.registry.find(run.saga, run.version)!;
      if (run.no_progress > poisonAfter) return await this.isolate(session);
      const input = saga.input.parse(run.input);
      const carrying = { session, saga, input, times: this.times, registry: this.registry, log: this.log };
      return run.direction === 'undo' ? await undoRun(carrying) : await forward(carrying);
    } catch (error) {
      if (error instanceof HoldLost || holding.signal.aborted) return putDown();
      if (error instanceof TimeIsUp) return await this.handBackLate(session);
      throw error;
    } finally {
      await session.close();
    }
  }

  /**
   * The step is left as it is in the ledger, so the next attempt settles first what may have been asked for. An attempt in
   * which no step got any further counts as one without progress: after five of them a person looks at the run.
   */
  private async handBackLate(session: RunSession): Promise<PutDown> {
    session.log('warn', 'Handed back: this attempt has reached its soft limit');
    await session.save({ run: { state: 'ready', run_in_ms: 0 } });
    return putDown(0);
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
    const { holding } = session;
    if ((holding.draining() || holding.timeIsUp.aborted) && row.state === 'planned') return handBack(session);
    const end = await carry(carrying, row, step);
    if (end) return end;
  }
  session.holding.makeRoom();
  const last = session.run.steps.at(-1)!;
  const attention = attentionOf(session.run.steps.find((row) => row.state === 'partial'));
  session.log('info', attention ? 'Job done, with something left to look at' : 'Job done');
  await session.save({
    run: { state: 'done', output: last.output, attention, cancel_requested_at: null, no_progress: 0 },
  });
  return putDown();
}

const attentionOf = (row: StepRow | undefined) =>
  row ? { ...(row.evidence!['attention'] as Warning), step: row.name } : null;

/** A step whose outcome is not known yet is settled first: what it made must not be forgotten. */
const mayStopBefore = (row: StepRow, step: StepClass) => row.state === 'planned' || mayRunAgain(row, step);

/** It only reads, or the last attempt ended by itself and asked for another one. */
const mayRunAgain = (row: StepRow, step: StepClass) =>
  step.repeat === 'at-once' || (row.state === 'intent' && row.deadline_left_ms === null);

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
  const { session } = carrying;
  if (row.state === 'planned')
    return attempt(carrying, row, step, step.repeat === 'on-evidence' || row.issue_count === 0 ? 1 : 0);
  if (mayRunAgain(row, step)) return attempt(carrying, row, step, 0);
  const settled = await settleUnknown(carrying, row, step);
  switch (settled) {
    case 'finished':
      return undefined;
    case 'settled':
      return session.cancelRequested ? cancel(session) : attempt(carrying, row, step, 0);
    case 'no-trace':
      return session.cancelRequested ? cancelUnissued(session, row) : issueOnceMore(carrying, row, step);
    default:
      return settled;
  }
}

/** Two looks agree that the effect is not there. After that nobody asks for it again without a person's word. */
async function issueOnceMore(carrying: Carrying, row: StepRow, step: StepClass): Promise<PutDown | undefined> {
  const { session } = carrying;
  if (row.issue_count < row.issues_allowed) {
    session.log('warn', 'No trace of the lost call in two looks; issuing it once more', row.name);
    return attempt(carrying, row, step, 1);
  }
  const attention = {
    code: 'no-trace',
    cause: `It was asked for ${row.issue_count} times, and no answer and no trace of it was found.`,
    nextAction: 'Look for it at the provider, then retry: that looks again, and asks once more when nothing is there.',
    step: row.name,
  };
  session.log('error', 'No trace of what was asked for; a person has to decide', row.name);
  await session.save({
    steps: [{ ordinal: row.ordinal, state: 'needs-human' }],
    run: { state: 'needs-human', attention, no_progress: 0 },
  });
  return putDown();
}

/** What was asked for last left no trace, or did not leave us at all. */
async function cancelUnissued(session: RunSession, row: StepRow): Promise<PutDown> {
  session.stage(row, { state: 'planned', issue_count: row.issue_count - 1 });
  return cancel(session);
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
  const patch = {
    ordinal: row.ordinal,
    state: 'intent' as const,
    request_hash: session.run.request_hash,
    deadline_in_ms: deadlineMs,
    issue_count: row.issue_count + issues,
    looks: 0,
  };
  // A step that asked to be looked at again goes on; it does not start anew.
  if (row.state !== 'intent')
    session.log('info', patch.issue_count > 1 ? 'Step issued again' : 'Step started', row.name);
  const saved = await session.save({ steps: [patch] }, row);
  row.intent_at ??= saved!.at.toISOString();
  if (session.cancelRequested && issues > 0) return cancelUnissued(session, row);
  const ctx = stepContext(session, row, input, times, begunAt + deadlineMs);
  let result: StepResult<unknown>;
  try {
    result = await untilLetGo(session.holding, registry.stepOf(step).run(ctx));
  } catch (thrown) {
    return afterFailure(carrying, row, step, thrown);
  }
  return keep(session, row, result);
}

async function keep(session: RunSession, row: StepRow, result: StepResult<unknown>): Promise<PutDown | undefined> {
  switch (result.kind) {
    case 'done':
    case 'partial': {
      const evidence: Record<string, unknown> = { ...row.evidence, ...result.evidence };
      delete evidence['repairing'];
      delete evidence['attention'];
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
        steps: [{ ordinal: row.ordinal, deadline_in_ms: null, retries: 0 }],
        run: {
          state: 'waiting',
          waiting_for: result.waitingFor,
          run_in_ms: result.inMs,
          ends_on_cancel: true,
          no_progress: 0,
        },
      });
      return putDown(session.cancelRequested ? 0 : result.inMs);
    case 'hold':
      session.log('error', 'A person has to decide', row.name, { cause: result.attention.cause });
      await session.save({
        steps: [{ ordinal: row.ordinal, state: 'needs-human' }],
        run: { state: 'needs-human', attention: { ...result.attention, step: row.name }, no_progress: 0 },
      });
      return putDown();
  }
}
