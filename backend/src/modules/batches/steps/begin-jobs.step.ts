import { Injectable } from '@nestjs/common';
import { done, RunGroups, type Step, type StepContext } from '../../../engine/runs/index.js';
import { Ids } from '../../../platform/clock/clock.js';
import { Transaction, type Tx } from '../../../platform/database/index.js';
import { BulkProvisioning, type PlannedOne, PlanProvisioning, SnapshotDecision } from '../../provisioning/index.js';
import type { BatchWorkInput } from '../work-input.js';

export interface BegunJobs {
  begun: number;
}

/** Rows of one transaction: few enough that a pause or a cancel gets its turn soon. */
const rowsAtOnce = 200;

interface DueRow {
  n: number;
  request: unknown;
  snapshot: unknown;
  adopt_location_id: string | null;
  row_hash: string;
}

/**
 * Begins one job for each row that was reviewed. A row and its job are joined in the transaction that begins it, so whoever
 * takes this up again finds exactly what is left; the job's key names batch and row, so none is begun twice.
 */
@Injectable()
export class BeginJobs implements Step<BatchWorkInput, BegunJobs> {
  static readonly step = 'begin-jobs';
  static readonly title = 'Begin the jobs';
  static readonly repeat = 'at-once';

  constructor(
    private readonly bulk: BulkProvisioning,
    private readonly groups: RunGroups,
    private readonly transaction: Transaction,
    private readonly ids: Ids,
  ) {}

  async run(ctx: StepContext<BatchWorkInput>) {
    let begun = 0;
    for (;;) {
      const slice = await this.transaction.run(ctx.tenant, (tx) => this.beginSome(tx, ctx.input, ctx.createdBy));
      begun += slice.begun;
      if (slice.ended) return done<BegunJobs>({ begun });
      await ctx.progress(begun, begun + slice.left);
    }
  }

  private async beginSome(tx: Tx, { batchId }: BatchWorkInput, by: string) {
    const [batch] = await tx.query<{ paused: boolean; created_by: string }>(
      `SELECT paused, created_by FROM batches WHERE agency_id = $1 AND id = $2 AND phase = 'starting' FOR UPDATE`,
      [tx.tenant, batchId],
    );
    if (!batch) return { begun: 0, left: 0, ended: true };
    const rows = await this.due(tx, batchId);
    if (rows.length === 0) {
      await tx.query(`UPDATE batches SET phase = 'started', updated_at = now() WHERE agency_id = $1 AND id = $2`, [
        tx.tenant,
        batchId,
      ]);
      return { begun: 0, left: 0, ended: true };
    }
    const planned = rows.map((row) => this.plannedOne(batchId, row));
    const { begun, refused } = await this.bulk.begin(tx, by, batchId, planned);
    await this.join(tx, batchId, rows, planned, begun);
    await this.leaveOut(tx, batchId, rows, planned, refused);
    if (batch.paused) await this.groups.pause(tx, batchId, by);
    return { begun: begun.length, left: await this.left(tx, batchId), ended: false };
  }

  private due(tx: Tx, batchId: string): Promise<DueRow[]> {
    return tx.query<DueRow>(
      `SELECT n, request, snapshot, adopt_location_id, row_hash FROM batch_rows ${whereDue} ORDER BY n LIMIT $3`,
      [tx.tenant, batchId, rowsAtOnce],
    );
  }

  private async left(tx: Tx, batchId: string): Promise<number> {
    const [{ left }] = await tx.query<{ left: number }>(`SELECT count(*)::int AS left FROM batch_rows ${whereDue}`, [
      tx.tenant,
      batchId,
    ]);
    return left;
  }

  private plannedOne(batchId: string, row: DueRow): PlannedOne {
    return {
      id: this.ids.next(),
      key: `batch:${batchId}:${row.n}`,
      request: PlanProvisioning.parse(row.request),
      snapshot: SnapshotDecision.parse(row.snapshot),
      adoptLocationId: row.adopt_location_id,
      planHash: row.row_hash,
    };
  }

  private async join(tx: Tx, batchId: string, rows: DueRow[], planned: PlannedOne[], begun: string[]): Promise<void> {
    const known = new Set(begun);
    const pairs = planned.flatMap(({ id }, index) => (known.has(id) ? [{ n: rows[index].n, run_id: id }] : []));
    await tx.query(
      `UPDATE batch_rows b SET run_id = e.run_id FROM jsonb_to_recordset($3::jsonb) AS e(n int, run_id uuid)
       WHERE b.agency_id = $1 AND b.batch_id = $2 AND b.n = e.n`,
      [tx.tenant, batchId, JSON.stringify(pairs)],
    );
  }

  /** Somebody began a job for the same business since the rows were checked. */
  private async leaveOut(tx: Tx, batchId: string, rows: DueRow[], planned: PlannedOne[], refused: string[]) {
    const known = new Set(refused);
    const left = rows.filter((_, index) => known.has(planned[index].id)).map(({ n }) => n);
    const issue = {
      ...{ severity: 'problem', code: 'already-under-way', column: null, suggestion: null },
      message: 'A job for this business was begun meanwhile. Watch that one.',
    };
    await tx.query(
      `UPDATE batch_rows SET verdict = 'problem', issues = issues || $4::jsonb, changed_at = now()
       WHERE agency_id = $1 AND batch_id = $2 AND n = ANY ($3)`,
      [tx.tenant, batchId, left, JSON.stringify([issue])],
    );
  }
}

const whereDue = `WHERE agency_id = $1 AND batch_id = $2 AND run_id IS NULL AND NOT excluded AND verdict IN ('ready','warning')`;
