import { Injectable } from '@nestjs/common';
import { AuditTrail, isUniqueViolation, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError, notFound } from '../../platform/errors/index.js';
import { fromCursor, isUuid, toCursor } from '../../platform/http/page-cursor.js';
import type { Principal } from '../../platform/http/principal.js';
import { Ids } from '../../platform/clock/clock.js';
import { Outbox } from '../events/outbox.js';
import { QueuePort } from '../queue/queue.port.js';
import { type Beginning, beginRun, type Begun } from './begin-run.js';
import { LiveRuns } from './live-runs.js';
import { endedRunStates } from './run-states.js';
import { RunEntity } from './run.entity.js';
import { RunStepEntity } from './run-step.entity.js';
import type { JobDetail, JobsQuery, JobSummary, LogLine, LogQuery, RunAction, RunState } from './runs.schema.js';
import type { Saga } from './saga.js';
import { SagaRegistry } from './saga-registry.js';
import { actionsFor, toJobDetail, toJobSummary } from './to-job-view.js';

/** Owns runs, run_steps and run_events: begins runs, shows them, and takes people's decisions about them. */
@Injectable()
export class RunsService {
  constructor(
    private readonly transaction: Transaction,
    private readonly registry: SagaRegistry,
    private readonly queue: QueuePort,
    private readonly live: LiveRuns,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  /** See beginRun. The nudge follows the commit and may be lost: the sweeper finds the run. */
  async begin<Input>(
    tx: Tx,
    saga: Saga<Input>,
    beginning: Omit<Beginning<Input>, 'id'> & { id?: string },
  ): Promise<Begun> {
    const begun = await beginRun(tx, saga, { ...beginning, id: beginning.id ?? this.ids.next() });
    tx.afterCommit(() => this.ring(begun.id, 1));
    return begun;
  }

  /** The run of an operation key, if it was begun before. */
  async findByKey(tx: Tx, key: string): Promise<{ id: string; input: unknown } | undefined> {
    const run = await tx.manager.findOneBy(RunEntity, { agencyId: tx.tenant, opKey: key });
    return run ? { id: run.id, input: run.input } : undefined;
  }

  /** The newest run that holds or held this exclusive key, in one of these states. */
  async findByExclusiveKey(
    tx: Tx,
    exclusiveKey: string,
    states: RunState[],
  ): Promise<{ id: string; title: string; state: RunState } | undefined> {
    const [run] = await tx.query<{ id: string; title: string; state: RunState }>(
      'SELECT id, title, state FROM runs WHERE agency_id = $1 AND exclusive_key = $2 AND state = ANY ($3) ORDER BY id DESC LIMIT 1',
      [tx.tenant, exclusiveKey, states],
    );
    return run;
  }

  /** Which of these outside ids a run of ours has recorded as its own. */
  async recordedExternalIds(tx: Tx, step: string, externalIds: string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ ext_id: string; run_id: string }>(
      'SELECT ext_id, run_id FROM run_steps WHERE agency_id = $1 AND name = $2 AND ext_id = ANY ($3)',
      [tx.tenant, step, externalIds],
    );
    return new Map(rows.map((row) => [row.ext_id, row.run_id]));
  }

  async list(tenant: TenantId, query: JobsQuery): Promise<{ items: JobSummary[]; next: string | null }> {
    const position = fromCursor(query.cursor, query, ['uuid']);
    return this.transaction.run(tenant, async (tx) => {
      const runs = tx.manager.createQueryBuilder(RunEntity, 'run').where('run.agencyId = :tenant', { tenant });
      if (position) runs.andWhere('run.id < :last', { last: position[0] });
      if (query.state?.length) runs.andWhere('run.state IN (:...states)', { states: query.state });
      if (query.saga) runs.andWhere('run.saga = :saga', { saga: query.saga });
      if (query.attention) runs.andWhere('run.attention IS NOT NULL');
      if (!query.background && !query.saga) runs.andWhere('(NOT run.background OR run.attention IS NOT NULL)');
      if (query.search && isUuid(query.search)) runs.andWhere('run.id = :id', { id: query.search });
      else if (query.search)
        runs.andWhere('run.title ILIKE :like', { like: `%${query.search.replace(/[\\%_]/g, '\\$&')}%` });
      const found = await runs
        .orderBy('run.id', 'DESC')
        .limit(query.limit + 1)
        .getMany();
      const page = found.slice(0, query.limit);
      const next = found.length > query.limit ? toCursor([page.at(-1)!.id], query) : null;
      return { items: await this.summaries(tx, page), next };
    });
  }

  async get(tenant: TenantId, id: string): Promise<JobDetail> {
    return this.transaction.run(tenant, (tx) => this.detail(tx, id));
  }

  async log(tenant: TenantId, id: string, { after, limit }: LogQuery): Promise<{ lines: LogLine[]; lastSeq: number }> {
    return this.transaction.run(tenant, async (tx) => {
      const run = await this.find(tx, id);
      return { lines: await this.lines(tx, id, after, limit), lastSeq: run.eventSeq };
    });
  }

  /** Lines after a cursor; what WebSocket, SSE and REST all read. */
  async linesAfter(tenant: TenantId, id: string, after: number, limit: number): Promise<LogLine[]> {
    return this.transaction.run(tenant, (tx) => this.lines(tx, id, after, limit));
  }

  /** Goes on from the failed step, looks again, or repairs what was partial; also ends a needless wait. */
  async retry(tenant: TenantId, by: Principal, id: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'retry', async (tx, run, steps) => {
      if (run.direction === 'forward') await this.reopenSteps(tx, run, steps);
      else await this.resumeUndo(tx, id);
      await this.setReady(tx, run, run.direction);
    });
  }

  /** Stops after the step in hand. A job that nobody carries is cancelled at once. */
  async cancel(tenant: TenantId, by: Principal, id: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'cancel', async (tx, run) => {
      if (run.state === 'needs-human') {
        await tx.query(
          `UPDATE runs SET state = 'cancelled', attention = NULL, finished_at = now(), updated_at = now() WHERE agency_id = $1 AND id = $2`,
          [tenant, id],
        );
        return this.tellMoved(tx, run, 'cancelled');
      }
      await tx.query(
        `UPDATE runs SET cancel_requested_at = now(), updated_at = now(), run_at = CASE WHEN state = 'waiting' THEN now() ELSE run_at END
         WHERE agency_id = $1 AND id = $2`,
        [tenant, id],
      );
    });
  }

  /** Takes back what the job made, last step first. `confirm` is the job's title, typed by the person. */
  async undo(tenant: TenantId, by: Principal, id: string, confirm: string): Promise<JobDetail> {
    return this.decide(tenant, by, id, 'undo', async (tx, run) => {
      if (confirm.trim() !== run.title.trim()) {
        throw new AppError(
          'validation',
          'confirmation-differs',
          'Type the title of the job to confirm that its work shall be taken back.',
          {
            errors: [{ pointer: '/confirm', detail: `must be the title of the job: ${run.title}` }],
          },
        );
      }
      await this.setReady(tx, run, 'undo');
    });
  }

  /** Runs of a lane that wait for its connection go on. */
  async wakeLane(tx: Tx, lane: string): Promise<number> {
    const woken = await tx.query<{ id: string; saga: string; fence: string }>(
      `UPDATE runs SET state = 'ready', waiting_for = NULL, run_at = now(), attention = NULL, updated_at = now()
       WHERE agency_id = $1 AND lane = $2 AND state = 'waiting' AND waiting_for = 'connection' RETURNING id, saga, fence`,
      [tx.tenant, lane],
    );
    for (const run of woken) {
      const lastSeq = await this.append(tx, run.id, 'The connection was renewed; going on', {});
      await this.tellMoved(tx, { ...run, state: 'waiting' }, 'ready');
      tx.afterCommit(() => {
        this.live.announce({ tenant: tx.tenant, runId: run.id, lastSeq, changed: true });
        this.ring(run.id, Number(run.fence) + 1);
      });
    }
    return woken.length;
  }

  /** A waiting run whose evidence may just have arrived looks now instead of later. */
  async wakeByMarker(tx: Tx, marker: string): Promise<void> {
    const woken = await tx.query<{ id: string; fence: string }>(
      `UPDATE runs r SET run_at = now() FROM run_steps s
       WHERE s.agency_id = $1 AND s.marker = $2 AND r.agency_id = $1 AND r.id = s.run_id AND r.state = 'waiting' AND r.waiting_for = 'settle'
       RETURNING r.id, r.fence`,
      [tx.tenant, marker],
    );
    tx.afterCommit(() => woken.forEach((run) => this.ring(run.id, Number(run.fence) + 1)));
  }

  private async decide(
    tenant: TenantId,
    by: Principal,
    id: string,
    action: RunAction,
    change: (tx: Tx, run: RunEntity, steps: RunStepEntity[]) => Promise<void>,
  ): Promise<JobDetail> {
    try {
      return await this.transaction.run(tenant, async (tx) => {
        await tx.query('SELECT 1 FROM runs WHERE agency_id = $1 AND id = $2 FOR UPDATE', [tenant, id]);
        const run = await this.find(tx, id);
        const steps = await this.steps(tx, id);
        const saga = this.registry.find(run.saga, run.version);
        if (!saga || !actionsFor(run, steps, this.undoable(saga)).includes(action)) throw refusal(run, action);
        await change(tx, run, steps);
        const seq = await this.append(tx, id, lineFor[action], { by: by.actor });
        await this.audit.record(tx, {
          actor: by.actor,
          action: `jobs.${action}`,
          object: `run:${id}`,
          data: { title: run.title, from: run.state },
        });
        tx.afterCommit(() => {
          this.live.announce({ tenant, runId: id, lastSeq: seq, changed: true });
          this.ring(id, Number(run.fence) + 1);
        });
        return this.detail(tx, id);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'runs_exclusive')) {
        throw new AppError(
          'conflict',
          'already-under-way',
          'Another job for the same thing is under way. Wait for it, or cancel it first.',
          { cause: error },
        );
      }
      throw error;
    }
  }

  /** The failed step is asked for anew; one whose outcome is unclear is looked at first; a partial one is repaired, with what follows from it. */
  private async reopenSteps(tx: Tx, run: RunEntity, steps: RunStepEntity[]): Promise<void> {
    const saga = this.registry.find(run.saga, run.version)!;
    const firstPartial = steps.find((step) => step.state === 'partial')?.ordinal ?? Infinity;
    for (const step of steps) {
      const repeat = saga.steps[step.ordinal - 1].repeat;
      const again = step.state === 'rejected' || (step.state === 'needs-human' && repeat === 'at-once');
      const look = step.state === 'needs-human' && repeat !== 'at-once';
      const repair = run.state === 'done' && step.ordinal >= firstPartial && repeat !== 'on-evidence';
      if (!again && !look && !repair) continue;
      // A person's word: once more when it left no trace; once, and once more on evidence, when it was refused.
      const moreIssues = look ? 1 : 2;
      const evidence = step.state === 'partial' ? { ...step.evidence, repairing: true } : step.evidence;
      await tx.query(
        `UPDATE run_steps SET state = $4, retries = 0, looks = 0, error = NULL, finished_at = NULL, evidence = $5,
           issues_allowed = greatest(issues_allowed, issue_count + $6)
         WHERE agency_id = $1 AND run_id = $2 AND ordinal = $3`,
        [
          tx.tenant,
          run.id,
          step.ordinal,
          look ? 'unknown' : 'planned',
          evidence === null ? null : JSON.stringify(evidence),
          moreIssues,
        ],
      );
    }
  }

  private async resumeUndo(tx: Tx, runId: string): Promise<void> {
    await tx.query(
      `UPDATE run_steps SET retries = 0, error = NULL WHERE agency_id = $1 AND run_id = $2 AND state = 'undoing'`,
      [tx.tenant, runId],
    );
  }

  private async setReady(tx: Tx, run: RunEntity, direction: 'forward' | 'undo'): Promise<void> {
    await tx.query(
      `UPDATE runs SET state = 'ready', direction = $3, waiting_for = NULL, run_at = now(), attention = NULL, cancel_requested_at = NULL,
         finished_at = NULL, no_progress = 0, updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, run.id, direction],
    );
    await this.tellMoved(tx, run, 'ready');
  }

  private async tellMoved(tx: Tx, run: Pick<RunEntity, 'id' | 'saga' | 'state'>, to: RunState): Promise<void> {
    const payload = { runId: run.id, saga: run.saga, from: run.state, to };
    await this.outbox.tell(tx, { type: 'run.state-changed', payload });
  }

  private async append(tx: Tx, runId: string, message: string, data: Record<string, unknown>): Promise<number> {
    const [line] = await tx.query<{ seq: number }>(
      `WITH next AS (UPDATE runs SET event_seq = event_seq + 1 WHERE agency_id = $1 AND id = $2 RETURNING event_seq)
       INSERT INTO run_events (agency_id, run_id, seq, level, message, data) SELECT $1, $2, event_seq, 'info', $3, $4 FROM next RETURNING seq`,
      [tx.tenant, runId, message, JSON.stringify(data)],
    );
    return line.seq;
  }

  private async find(tx: Tx, id: string): Promise<RunEntity> {
    const run = await tx.manager.findOneBy(RunEntity, { agencyId: tx.tenant, id });
    if (!run) throw notFound('job');
    return run;
  }

  private steps(tx: Tx, runId: string): Promise<RunStepEntity[]> {
    return tx.manager.find(RunStepEntity, { where: { agencyId: tx.tenant, runId }, order: { ordinal: 'ASC' } });
  }

  private async detail(tx: Tx, id: string): Promise<JobDetail> {
    const run = await this.find(tx, id);
    const saga = this.registry.find(run.saga, run.version);
    return toJobDetail(run, await this.steps(tx, id), saga, this.undoable(saga));
  }

  private undoable(saga: Saga | undefined): ReadonlySet<string> {
    return new Set(saga?.steps.filter((step) => this.registry.stepOf(step).undo).map((step) => step.step));
  }

  async summaries(tx: Tx, runs: RunEntity[]): Promise<JobSummary[]> {
    const counts = await tx.query<{ run_id: string; done: number; total: number }>(
      `SELECT run_id, count(*) FILTER (WHERE state IN ('done','partial'))::int AS done, count(*)::int AS total
       FROM run_steps WHERE agency_id = $1 AND run_id = ANY ($2) GROUP BY run_id`,
      [tx.tenant, runs.map((run) => run.id)],
    );
    const byRun = new Map(counts.map((count) => [count.run_id, count]));
    return runs.map((run) =>
      toJobSummary(run, { stepsDone: byRun.get(run.id)?.done ?? 0, stepsTotal: byRun.get(run.id)?.total ?? 0 }),
    );
  }

  private async lines(tx: Tx, runId: string, after: number, limit: number): Promise<LogLine[]> {
    const rows = await tx.query<Omit<LogLine, 'at'> & { at: Date }>(
      'SELECT seq, at, level, step, message, data FROM run_events WHERE agency_id = $1 AND run_id = $2 AND seq > $3 ORDER BY seq LIMIT $4',
      [tx.tenant, runId, after, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  private ring(runId: string, fence: number): void {
    this.queue.nudge({ runId, fence, lane: 'default' });
  }
}

const lineFor: Record<RunAction, string> = {
  retry: 'Retry asked for',
  cancel: 'Cancel asked for',
  undo: 'Undo asked for',
};

function refusal(run: RunEntity, action: RunAction): AppError {
  const ended = (endedRunStates as RunState[]).includes(run.state);
  const why = run.cancelRequestedAt
    ? 'it is being cancelled'
    : run.waitingFor === 'settle'
      ? 'the outcome of a call is still being looked for'
      : `it is ${run.state}`;
  return new AppError(
    'conflict',
    `cannot-${action}`,
    `This job cannot be ${pastOf[action]} now: ${why}.${ended ? '' : ' Look again when it has moved on.'}`,
  );
}
const pastOf: Record<RunAction, string> = { retry: 'retried', cancel: 'cancelled', undo: 'undone' };
