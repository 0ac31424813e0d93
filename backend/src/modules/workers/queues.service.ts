import { Injectable } from '@nestjs/common';
import { QueueLane } from '../../engine/queue/queue.schema.js';
import { RunsService } from '../../engine/runs/index.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import type { QueueMode, QueueView } from './workers.schema.js';

/** Who decides; a person or program of the agency, or the command line. */
interface Decider {
  tenant: TenantId;
  actor: string;
}

interface QueueRow {
  queue: QueueLane;
  due: number;
  waiting: number;
  in_hand: number;
  oldest_due_ms: number | null;
}

/** An agency's hold on its own queues, and how full they are. The claim reads what is set here. */
@Injectable()
export class QueuesService {
  constructor(
    private readonly transaction: Transaction,
    private readonly runs: RunsService,
    private readonly audit: AuditTrail,
  ) {}

  /** Holds for what is taken from now on; what a worker carries goes on. Setting it again changes nothing. */
  async set({ tenant, actor }: Decider, queue: QueueLane, mode: QueueMode): Promise<QueueView> {
    return this.transaction.run(tenant, async (tx) => {
      if (mode === 'running') await this.release(tx, queue);
      else await this.hold(tx, actor, queue, mode);
      await this.audit.record(tx, { actor, action: 'queues.control', object: `queue:${queue}`, data: { mode } });
      return (await this.list(tx)).find((view) => view.queue === queue)!;
    });
  }

  ofAgency(tenant: TenantId): Promise<QueueView[]> {
    return this.transaction.run(tenant, (tx) => this.list(tx));
  }

  /** In order of their weight. */
  async list(tx: Tx): Promise<QueueView[]> {
    const controls = await tx.query<{ queue: QueueLane; mode: 'paused' | 'draining'; set_by: string; set_at: Date }>(
      'SELECT queue, mode, set_by, set_at FROM queue_controls WHERE agency_id = $1',
      [tx.tenant],
    );
    const depths = await this.depths(tx);
    return QueueLane.options.map((queue) => {
      const control = controls.find((row) => row.queue === queue);
      const depth = depths.find((row) => row.queue === queue);
      return {
        queue,
        mode: control?.mode ?? 'running',
        setBy: control?.set_by ?? null,
        setAt: control?.set_at.toISOString() ?? null,
        due: depth?.due ?? 0,
        waiting: depth?.waiting ?? 0,
        inHand: depth?.in_hand ?? 0,
        oldestDueMs: depth?.oldest_due_ms ?? null,
      };
    });
  }

  private async hold(tx: Tx, actor: string, queue: QueueLane, mode: 'paused' | 'draining'): Promise<void> {
    await tx.query(
      `INSERT INTO queue_controls AS held (agency_id, queue, mode, set_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (agency_id, queue) DO UPDATE SET mode = $3, set_by = $4, set_at = now() WHERE held.mode <> $3`,
      [tx.tenant, queue, mode, actor],
    );
  }

  private async release(tx: Tx, queue: QueueLane): Promise<void> {
    await tx.query('DELETE FROM queue_controls WHERE agency_id = $1 AND queue = $2', [tx.tenant, queue]);
    await this.runs.ringQueue(tx, queue);
  }

  private depths(tx: Tx): Promise<QueueRow[]> {
    return tx.query<QueueRow>(
      `SELECT queue,
         count(*) FILTER (WHERE state IN ('ready','waiting') AND run_at <= now())::int AS due,
         count(*) FILTER (WHERE state IN ('ready','waiting') AND run_at > now())::int AS waiting,
         count(*) FILTER (WHERE state IN ('running','undoing'))::int AS in_hand,
         (extract(epoch FROM now() - min(run_at) FILTER (WHERE state IN ('ready','waiting') AND run_at <= now())) * 1000)::int AS oldest_due_ms
       FROM runs WHERE agency_id = $1 AND state IN ('ready','waiting','running','undoing') GROUP BY queue`,
      [tx.tenant],
    );
  }
}
