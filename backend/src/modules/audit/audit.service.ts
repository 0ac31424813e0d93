import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail, type TenantId, Transaction } from '../../platform/database/index.js';
import { fromCursor, type Principal, toCursor } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { ActorNames } from '../identity/index.js';
import { type ChainedEntry, ChainWalk } from './audit-chain.js';
import type { AuditEntryView, AuditQuery, AuditVerdict } from './audit.schema.js';
import { AuditStore } from './audit-store.js';
import { entryLine, headLine } from './verify-export.js';

@Injectable()
export class AuditService {
  constructor(
    private readonly transaction: Transaction,
    private readonly store: AuditStore,
    private readonly trail: AuditTrail,
    private readonly names: ActorNames,
    private readonly log: Log,
  ) {}

  async list(tenant: TenantId, query: AuditQuery): Promise<{ items: AuditEntryView[]; next: string | null }> {
    const before = fromCursor(query.cursor, query, ['number'])?.[0] as number | undefined;
    return this.transaction.run(tenant, async (tx) => {
      const rows = await this.store.page(tx, query, before, query.limit + 1);
      const items = rows.slice(0, query.limit);
      const names = await this.names.of(
        tx,
        items.map((row) => row.actor),
      );
      const next = rows.length > query.limit ? toCursor([items.at(-1)!.seq], query) : null;
      return { items: items.map((row) => toView(row, names.get(row.actor) ?? null)), next };
    });
  }

  /** Walks the whole chain. Looking is part of the record. */
  async verify(tenant: TenantId, actor: string): Promise<AuditVerdict> {
    const { head, last } = await this.store.ends(tenant);
    const walk = new ChainWalk(tenant);
    for await (const entry of this.store.entries(tenant, last)) {
      walk.follow(entry);
      if (walk.broken) break;
    }
    const verdict = walk.end(head);
    await this.recordVerdict(tenant, actor, verdict);
    return verdict;
  }

  /** A chain whose head was tampered with takes no further entry; its verdict is told all the same. */
  private async recordVerdict(
    tenant: TenantId,
    actor: string,
    { intact, entries, firstBad }: AuditVerdict,
  ): Promise<void> {
    if (!intact) this.log.error('The audit chain of an agency is broken', { tenantId: tenant, firstBad });
    try {
      await this.trail.recordAlone(tenant, { actor, action: 'audit.verify', data: { intact, entries, firstBad } });
    } catch (error) {
      if (intact) throw error;
      this.log.error('A verdict could not be appended to a broken audit chain', { tenantId: tenant, err: error });
    }
  }

  /** The chain as NDJSON, closed by its head; `verifyExport` reads it back. */
  async export(by: Principal): Promise<Readable> {
    const { head, last } = await this.store.ends(by.tenant);
    await this.trail.recordAlone(by.tenant, { actor: by.actor, action: 'audit.export', data: { entries: last } });
    return Readable.from(this.linesOf(by.tenant, last, headLine(by.tenant, head)), { objectMode: false });
  }

  private async *linesOf(tenant: TenantId, last: number, end: string): AsyncGenerator<string> {
    for await (const entry of this.store.entries(tenant, last)) yield entryLine(entry);
    yield end;
  }
}

function toView(
  { seq, at, actor, action, object, outcome, data, hash }: ChainedEntry,
  actorName: string | null,
): AuditEntryView {
  return { seq, at, actor, actorName, action, object, outcome: outcome as AuditEntryView['outcome'], data, hash };
}
