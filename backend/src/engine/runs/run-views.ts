import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { fromCursor, isUuid, toCursor } from '../../platform/http/page-cursor.js';
import { RunEntity } from './run.entity.js';
import { RunStepEntity } from './run-step.entity.js';
import type { JobCause, JobDetail, JobsQuery, JobSummary, LogLine, LogQuery } from './runs.schema.js';
import type { Saga } from './saga.js';
import { SagaRegistry } from './saga-registry.js';
import { toJobDetail, toJobSummary } from './to-job-view.js';

/** Runs as people see them: jobs, their steps and their log. Changes nothing. */
@Injectable()
export class RunViews {
  constructor(
    private readonly transaction: Transaction,
    private readonly registry: SagaRegistry,
  ) {}

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

  /** What stopped jobs stopped for, the most frequent first. */
  async causes(tenant: TenantId): Promise<{ items: JobCause[] }> {
    const rows = await this.transaction.run(tenant, (tx) =>
      tx.query<Omit<JobCause, 'newestAt'> & { newest_at: Date }>(
        `SELECT attention->>'code' AS code, attention->>'step' AS step, state, count(*)::int AS jobs,
           (array_agg(attention ORDER BY id DESC))[1] AS attention, max(updated_at) AS newest_at
         FROM runs WHERE agency_id = $1 AND attention IS NOT NULL AND state IN ('failed','needs-human')
         GROUP BY 1, 2, 3 ORDER BY jobs DESC, newest_at DESC LIMIT 100`,
        [tenant],
      ),
    );
    return { items: rows.map(({ newest_at, ...cause }) => ({ ...cause, newestAt: newest_at.toISOString() })) };
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

  async detail(tx: Tx, id: string): Promise<JobDetail> {
    const run = await this.find(tx, id);
    const saga = this.registry.find(run.saga, run.version);
    return toJobDetail(run, await this.steps(tx, id), saga, this.undoable(saga));
  }

  async find(tx: Tx, id: string): Promise<RunEntity> {
    const run = await tx.manager.findOneBy(RunEntity, { agencyId: tx.tenant, id });
    if (!run) throw notFound('job');
    return run;
  }

  steps(tx: Tx, runId: string): Promise<RunStepEntity[]> {
    return tx.manager.find(RunStepEntity, { where: { agencyId: tx.tenant, runId }, order: { ordinal: 'ASC' } });
  }

  /** Names of the steps that can take back what they made. */
  undoable(saga: Saga | undefined): ReadonlySet<string> {
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
}
