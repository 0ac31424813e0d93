import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { type ChainedEntry, GENESIS, type Head } from './audit-chain.js';

const BATCH = 2_000;

const columns = `agency_id AS "agencyId", seq::float8 AS seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  actor, action, object, outcome, data, encode(prev, 'hex') AS prev, encode(hash, 'hex') AS hash`;

export interface Found {
  action?: string;
  actor?: string;
  outcome?: string;
}

/** Reads the chain: newest first in pages, oldest first as a whole. */
@Injectable()
export class AuditStore {
  constructor(private readonly transaction: Transaction) {}

  async page(
    tx: Tx,
    { action, actor, outcome }: Found,
    before: number | undefined,
    limit: number,
  ): Promise<ChainedEntry[]> {
    return tx.query<ChainedEntry>(
      `SELECT ${columns} FROM audit_entries
       WHERE agency_id = $1 AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR actor = $3)
         AND ($4::text IS NULL OR outcome = $4) AND ($5::bigint IS NULL OR seq < $5)
       ORDER BY seq DESC LIMIT $6`,
      [tx.tenant, action ?? null, actor ?? null, outcome ?? null, before ?? null, limit],
    );
  }

  /** The head and the number of the last entry, of the same moment. */
  async ends(tenant: TenantId): Promise<{ head: Head; last: number }> {
    return this.transaction.run(tenant, async (tx) => {
      const [row] = await tx.query<{ seq: number | null; hash: string | null; last: number }>(
        `SELECT h.seq::float8 AS seq, encode(h.hash, 'hex') AS hash, coalesce(e.last, 0)::float8 AS last
         FROM (SELECT max(seq) AS last FROM audit_entries WHERE agency_id = $1) e LEFT JOIN audit_heads h ON h.agency_id = $1`,
        [tenant],
      );
      return { head: row.seq === null ? GENESIS : { seq: row.seq, hash: row.hash! }, last: row.last };
    });
  }

  /** Entries up to `last`, oldest first; a transaction per batch, so that reading a long chain holds nothing up. */
  async *entries(tenant: TenantId, last: number): AsyncGenerator<ChainedEntry> {
    for (let after = 0; after < last;) {
      const batch = await this.transaction.run(tenant, (tx) =>
        tx.query<ChainedEntry>(
          `SELECT ${columns} FROM audit_entries WHERE agency_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4`,
          [tenant, after, last, BATCH],
        ),
      );
      yield* batch;
      after = batch.at(-1)?.seq ?? last;
    }
  }
}
