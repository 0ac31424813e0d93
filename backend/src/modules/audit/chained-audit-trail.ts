import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { type AuditEntry, AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { GENESIS, hashOfEntry } from './audit-chain.js';

/** Appends under a lock on the agency's head: entries of one agency form one chain, agencies do not wait for each other. */
@Injectable()
export class ChainedAuditTrail extends AuditTrail {
  constructor(
    private readonly transaction: Transaction,
    private readonly clock: Clock,
  ) {
    super();
  }

  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const head = await this.lockHead(tx);
    const row = {
      agencyId: tx.tenant as string,
      seq: head.seq + 1,
      at: this.clock.now().toISOString().replace('Z', '000Z'),
      actor: entry.actor,
      action: entry.action,
      object: entry.object ?? null,
      outcome: entry.outcome ?? 'ok',
      data: asStored(entry.data ?? {}),
      prev: head.hash,
    };
    const hash = hashOfEntry(row);
    await tx.query(
      `WITH moved AS (UPDATE audit_heads SET seq = $2, hash = decode($10, 'hex') WHERE agency_id = $1)
       INSERT INTO audit_entries (agency_id, seq, at, actor, action, object, outcome, data, prev, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, decode($9, 'hex'), decode($10, 'hex'))`,
      [
        row.agencyId,
        row.seq,
        row.at,
        row.actor,
        row.action,
        row.object,
        row.outcome,
        JSON.stringify(row.data),
        row.prev,
        hash,
      ],
    );
  }

  async recordAlone(tenant: TenantId, entry: AuditEntry): Promise<void> {
    await this.transaction.run(tenant, (tx) => this.record(tx, entry));
  }

  private async lockHead(tx: Tx): Promise<{ seq: number; hash: string }> {
    await tx.query(
      `INSERT INTO audit_heads (agency_id, seq, hash) VALUES ($1, 0, decode($2, 'hex')) ON CONFLICT DO NOTHING`,
      [tx.tenant, GENESIS.hash],
    );
    const [head] = await tx.query<{ seq: string; hash: string }>(
      `SELECT seq, encode(hash, 'hex') AS hash FROM audit_heads WHERE agency_id = $1 FOR UPDATE`,
      [tx.tenant],
    );
    return { seq: Number(head.seq), hash: head.hash };
  }
}

/** What comes back from jsonb: no undefined, no Date, no Secret. */
const asStored = (data: Record<string, unknown>) => JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
