import { Injectable } from '@nestjs/common';
import type { Attention } from '../../engine/runs/runs.schema.js';
import type { Tx } from '../../platform/database/index.js';
import type { BatchEntity } from './batch.entity.js';
import type { Batch, BatchCounts, BatchFailures, BatchProgress } from './batches.schema.js';
import { endedStates, openStates, sumOf } from './row-state.js';

const rateOverMinutes = 5;

/** What is counted over the runs of a batch. The engine's tables are only read here. */
@Injectable()
export class BatchFigures {
  async work(tx: Tx, { phase, workRunId }: BatchEntity, counts: BatchCounts): Promise<Batch['work']> {
    if (phase !== 'checking' && phase !== 'starting') return null;
    const [run] = await tx.query<{ waiting_for: string | null; attention: Attention | null }>(
      'SELECT waiting_for, attention FROM runs WHERE agency_id = $1 AND id = $2',
      [tx.tenant, workRunId],
    );
    const left = phase === 'checking' ? counts.unchecked : counts.ready + counts.warning;
    const total = phase === 'checking' ? counts.total : counts.total - counts.problem - counts.excluded;
    return {
      kind: phase === 'checking' ? 'check' : 'start',
      ...{ done: Math.max(0, total - left), total },
      waitingFor: run?.waiting_for ?? null,
      attention: run?.attention ?? null,
    };
  }

  async progress(tx: Tx, batch: BatchEntity, counts: BatchCounts): Promise<BatchProgress> {
    const [{ recent, minutes }] = await tx.query<{ recent: number; minutes: number }>(
      `SELECT count(*) FILTER (WHERE finished_at > now() - $3 * interval '1 minute')::int AS recent,
         extract(epoch FROM now() - greatest(min(created_at), now() - $3 * interval '1 minute'))::float8 / 60 AS minutes
       FROM runs WHERE agency_id = $1 AND group_id = $2`,
      [tx.tenant, batch.id, rateOverMinutes],
    );
    const [ended, open] = [sumOf(counts, endedStates), sumOf(counts, openStates)];
    const ratePerMinute = recent > 0 ? recent / Math.max(minutes, 1 / 60) : null;
    return {
      ...{ ended, begun: ended + open, ratePerMinute },
      timeLeftMs: open === 0 ? 0 : ratePerMinute ? Math.round((open / ratePerMinute) * 60_000) : null,
      oldestOpen: await this.oldestOpen(tx, batch.id),
    };
  }

  /** By what a person would have to do about them, the largest group first. */
  async failures(tx: Tx, id: string): Promise<BatchFailures[]> {
    return tx.query<BatchFailures>(
      `SELECT attention->>'code' AS code, attention->>'step' AS step, count(*)::int AS rows,
         min(attention->>'cause') AS cause, min(attention->>'nextAction') AS "nextAction", min(id::text) AS "jobId"
       FROM runs WHERE agency_id = $1 AND group_id = $2 AND attention IS NOT NULL AND state IN ('failed','needs-human','done')
       GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50`,
      [tx.tenant, id],
    );
  }

  private async oldestOpen(tx: Tx, id: string): Promise<BatchProgress['oldestOpen']> {
    const [oldest] = await tx.query<{ n: number; jobId: string; title: string; since: Date }>(
      `SELECT b.n, r.id AS "jobId", r.title, r.first_claimed_at AS since
       FROM runs r JOIN batch_rows b ON b.agency_id = r.agency_id AND b.run_id = r.id
       WHERE r.agency_id = $1 AND r.group_id = $2 AND r.first_claimed_at IS NOT NULL AND r.state IN ('ready','running','waiting','undoing')
       ORDER BY r.first_claimed_at LIMIT 1`,
      [tx.tenant, id],
    );
    return oldest ? { ...oldest, since: oldest.since.toISOString() } : null;
  }
}
