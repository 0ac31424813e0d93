import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction } from '../../platform/database/index.js';

export interface RunPosition {
  runId: string;
  lastSeq: number;
  updatedAt: string;
}

/**
 * Where runs are, whichever process moved them. Reads the engine's table runs, and only reads: one cheap statement for
 * all watched runs of an agency, where the engine's own views would read each run with its steps.
 */
@Injectable()
export class RunPositions {
  constructor(private readonly transaction: Transaction) {}

  async of(tenant: TenantId, runIds: readonly string[]): Promise<RunPosition[]> {
    return this.transaction.run(tenant, (tx) =>
      tx.query<RunPosition>(
        `SELECT id AS "runId", event_seq AS "lastSeq", updated_at::text AS "updatedAt" FROM runs WHERE agency_id = $1 AND id = ANY ($2)`,
        [tenant, runIds],
      ),
    );
  }

  /** The newest runs that have not ended. */
  async open(tenant: TenantId): Promise<RunPosition[]> {
    return this.transaction.run(tenant, (tx) =>
      tx.query<RunPosition>(
        `SELECT id AS "runId", event_seq AS "lastSeq", updated_at::text AS "updatedAt" FROM runs
         WHERE agency_id = $1 AND state IN ('ready','running','waiting','undoing') ORDER BY id DESC LIMIT 500`,
        [tenant],
      ),
    );
  }
}
