import { Injectable } from '@nestjs/common';
import { aliveMs, type ProcessKind } from '../../engine/processes/process-registry.js';
import type { QueueLane } from '../../engine/queue/queue.port.js';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { QueuesService } from './queues.service.js';
import type { ProcessView, WorkersView } from './workers.schema.js';

interface ProcessRow {
  id: string;
  kind: ProcessKind;
  host: string;
  pid: number;
  version: string;
  started_at: Date;
  beat_age_ms: number;
  draining: boolean;
  concurrency: number;
  carrying: number;
}

interface JobRow {
  id: string;
  title: string;
  queue: QueueLane;
  owner: string;
  step: string | null;
  held_ms: number;
}

/** Who works, on what, and how much waits. Jobs of other agencies are a number and nothing else. */
@Injectable()
export class WorkersService {
  constructor(
    private readonly transaction: Transaction,
    private readonly queues: QueuesService,
  ) {}

  async view(tenant: TenantId): Promise<WorkersView> {
    return this.transaction.run(tenant, async (tx) => {
      const jobs = await this.jobsInHand(tx);
      const processes = await tx.query<ProcessRow>(
        `SELECT id, kind, host, pid, version, started_at, draining, concurrency, carrying,
           (extract(epoch FROM now() - beat_at) * 1000)::int AS beat_age_ms
         FROM processes ORDER BY kind, started_at, id`,
      );
      return {
        processes: processes.map((row) =>
          toView(
            row,
            jobs.filter(({ owner }) => owner === row.id),
          ),
        ),
        queues: await this.queues.list(tx),
      };
    });
  }

  private jobsInHand(tx: Tx): Promise<JobRow[]> {
    return tx.query<JobRow>(
      `SELECT r.id, r.title, r.queue, r.lease_owner AS owner,
         (SELECT s.name FROM run_steps s WHERE s.agency_id = $1 AND s.run_id = r.id AND s.state IN ('intent','unknown','undoing')
          ORDER BY s.ordinal LIMIT 1) AS step,
         (extract(epoch FROM now() - coalesce(r.claimed_at, r.first_claimed_at)) * 1000)::int AS held_ms
       FROM runs r WHERE r.agency_id = $1 AND r.state IN ('running','undoing') ORDER BY r.id`,
      [tx.tenant],
    );
  }
}

/** The count is as of the last heartbeat, the jobs are as of now; so the difference may be short of a job. */
function toView(row: ProcessRow, jobs: JobRow[]): ProcessView {
  return {
    ...{ id: row.id, kind: row.kind, host: row.host, pid: row.pid, version: row.version },
    startedAt: row.started_at.toISOString(),
    heartbeatAgeMs: row.beat_age_ms,
    alive: row.beat_age_ms < aliveMs,
    ...{ draining: row.draining, concurrency: row.concurrency, carrying: row.carrying },
    jobs: jobs.map(({ id, title, queue, step, held_ms }) => ({ id, title, queue, step, heldMs: held_ms })),
    otherJobs: Math.max(row.carrying - jobs.length, 0),
  };
}
