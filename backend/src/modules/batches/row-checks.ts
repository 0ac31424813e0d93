import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { SnapshotChoice } from '../provisioning/index.js';
import { BatchEntity } from './batch.entity.js';
import type { CheckedRow } from './check-row.js';
import type { BatchWorkInput } from './work-input.js';

export interface UncheckedRow {
  n: number;
  cells: string[];
  excluded: boolean;
  choice: SnapshotChoice | null;
}

/** The rows of a batch as its check reads and writes them. */
@Injectable()
export class RowChecks {
  /** The batch, while this is still the check it waits for; held so that no change comes between. */
  async current(tx: Tx, { batchId, revision }: BatchWorkInput): Promise<BatchEntity | undefined> {
    const held = await tx.query(
      `SELECT 1 FROM batches WHERE agency_id = $1 AND id = $2 AND revision = $3 AND phase = 'checking' FOR UPDATE`,
      [tx.tenant, batchId, revision],
    );
    if (held.length === 0) return undefined;
    return tx.manager.findOneByOrFail(BatchEntity, { agencyId: tx.tenant, id: batchId });
  }

  unchecked(tx: Tx, batchId: string, limit: number): Promise<UncheckedRow[]> {
    return tx.query<UncheckedRow>(
      `SELECT n, cells, excluded, choice FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 AND verdict = 'unchecked' ORDER BY n LIMIT $3`,
      [tx.tenant, batchId, limit],
    );
  }

  /** The businesses of rows that were judged before this process took the check up. */
  judged(tx: Tx, batchId: string): Promise<{ n: number; name: string; email: string }[]> {
    return tx.query<{ n: number; name: string; email: string }>(
      `SELECT n, name, email FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 AND verdict <> 'unchecked' AND NOT excluded
         AND name IS NOT NULL AND email IS NOT NULL ORDER BY n`,
      [tx.tenant, batchId],
    );
  }

  /** False when a change has asked for a new check meanwhile: then nothing is kept. */
  async keep(tx: Tx, work: BatchWorkInput, rows: CheckedRow[]): Promise<boolean> {
    if (!(await this.current(tx, work))) return false;
    await tx.query(
      `UPDATE batch_rows b SET verdict = e.verdict, issues = e.issues, name = e.name, email = e.email, request = e.request,
         snapshot = e.snapshot, candidates = e.candidates, adopt_location_id = e.adopt_location_id, row_hash = e.row_hash, company_calls = e.company_calls,
         location_calls = e.location_calls, polls = e.polls, changed_at = now()
       FROM jsonb_to_recordset($3::jsonb) AS e(n int, verdict text, issues jsonb, name text, email text, request jsonb, snapshot jsonb,
         candidates jsonb, adopt_location_id text, row_hash text, company_calls int, location_calls int, polls int)
       WHERE b.agency_id = $1 AND b.batch_id = $2 AND b.n = e.n`,
      [tx.tenant, work.batchId, JSON.stringify(rows)],
    );
    return true;
  }
}
