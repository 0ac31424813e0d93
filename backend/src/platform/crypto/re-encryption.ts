import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../clock/clock.js';
import { AuditTrail, type TenantId, Transaction } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { CURRENT_FOR_MS, DataKeys } from './data-keys.js';
import { placeOf, type SealedCell, type SealedColumn, SealedColumns } from './sealed-columns.js';
import { Vault } from './vault.js';

/** What is left of the earlier keys. A cell that nothing can open stays as it is and stands in no one's way. */
export interface Leftovers {
  cells: number;
  unreadable: number;
}

export interface Progress {
  tenant: TenantId;
  table: string;
  column: string;
  renewed: number;
  of: number;
}

/** A process that used its data key right before it was succeeded has stored the cell by then. */
const STRAGGLERS_MS = CURRENT_FOR_MS + 2_000;

/**
 * Gives every agency a new data key and seals everything anew with it, while everybody reads and writes. What is done is
 * seen in the rows themselves: killed at any point, it goes on where it was.
 */
@Injectable()
export class ReEncryption {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly dataKeys: DataKeys,
    private readonly columns: SealedColumns,
    private readonly vault: Vault,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async run(batch: number, tell: (progress: Progress) => void): Promise<Leftovers> {
    const tenants = await this.tenants();
    for (const tenant of tenants) await this.renewKeys(tenant);
    await this.everyCell(tenants, batch, tell);
    await this.clock.sleep(await this.untilNobodyUsesEarlierKeys(tenants));
    return this.everyCell(tenants, batch, tell);
  }

  /** Looks, and changes nothing. */
  async leftovers(): Promise<Leftovers> {
    const left = { cells: 0, unreadable: 0 };
    await this.eachColumn(await this.tenants(), async (tenant, column, kid) => {
      for await (const cells of this.batches(tenant, column, kid, 500))
        for (const cell of cells) left[(await this.opens(tenant, column, cell)) ? 'cells' : 'unreadable']++;
    });
    return left;
  }

  async tenants(): Promise<TenantId[]> {
    const rows = await this.dataSource.query<{ id: TenantId }[]>('SELECT id FROM platform_agencies()');
    return rows.map(({ id }) => id);
  }

  private renewKeys(tenant: TenantId): Promise<void> {
    return this.transaction.run(tenant, async (tx) => {
      const renewed = await this.dataKeys.renew(tx);
      const rewrapped = await this.dataKeys.rewrap(tx);
      if (!renewed && rewrapped === 0) return;
      await this.audit.record(tx, { actor: 'system', action: 'vault.renew-keys', data: { renewed, rewrapped } });
    });
  }

  private async everyCell(tenants: TenantId[], batch: number, tell: (progress: Progress) => void): Promise<Leftovers> {
    const left = { cells: 0, unreadable: 0 };
    await this.eachColumn(tenants, async (tenant, column, kid) => {
      const of = await this.transaction.run(tenant, (tx) => this.columns.countSealedByOthers(tx, column, kid));
      let renewed = 0;
      for await (const cells of this.batches(tenant, column, kid, batch)) {
        const done = await this.sealAnew(tenant, column, cells);
        renewed += done.replaced;
        left.unreadable += done.unreadable;
        left.cells += cells.length - done.replaced - done.unreadable;
        tell({ tenant, table: column.table, column: column.column, renewed, of });
      }
    });
    return left;
  }

  private async eachColumn(
    tenants: TenantId[],
    act: (tenant: TenantId, column: SealedColumn, kid: string) => Promise<void>,
  ): Promise<void> {
    for (const tenant of tenants) {
      const kid = await this.transaction.run(tenant, (tx) => currentKid(tx.query));
      if (kid) for (const column of this.columns.all) await act(tenant, column, kid);
    }
  }

  private async *batches(
    tenant: TenantId,
    column: SealedColumn,
    kid: string,
    size: number,
  ): AsyncGenerator<SealedCell[]> {
    let after: readonly string[] | undefined;
    for (;;) {
      const cells = await this.transaction.run(tenant, (tx) =>
        this.columns.sealedByOthers(tx, column, kid, after, size),
      );
      if (cells.length > 0) yield cells;
      if (cells.length < size) return;
      after = cells.at(-1)!.at;
    }
  }

  /** Opened and sealed outside of the transaction that writes: rows are locked for a moment only. */
  private async sealAnew(tenant: TenantId, column: SealedColumn, cells: SealedCell[]) {
    const changes: (SealedCell & { fresh: string })[] = [];
    for (const cell of cells) {
      const place = placeOf(column, cell);
      const secret = await this.vault.open(tenant, place, cell.cell).catch(unlessMissingKey);
      if (secret) changes.push({ ...cell, fresh: await this.vault.seal(tenant, place, secret) });
    }
    const replaced = await this.transaction.run(tenant, (tx) => this.columns.replace(tx, column, changes));
    return { replaced, unreadable: cells.length - changes.length };
  }

  private async opens(tenant: TenantId, column: SealedColumn, cell: SealedCell): Promise<boolean> {
    return Boolean(await this.vault.open(tenant, placeOf(column, cell), cell.cell).catch(unlessMissingKey));
  }

  private async untilNobodyUsesEarlierKeys(tenants: TenantId[]): Promise<number> {
    let wait = 0;
    for (const tenant of tenants) {
      const [row] = await this.transaction.run(tenant, (tx) =>
        tx.query<{ ms: number }>(
          `SELECT (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS ms FROM vault_keys
           WHERE agency_id = $1 AND state = 'current'
             AND EXISTS (SELECT 1 FROM vault_keys WHERE agency_id = $1 AND state = 'retired')`,
          [tenant],
        ),
      );
      if (row) wait = Math.max(wait, STRAGGLERS_MS - row.ms);
    }
    return wait;
  }
}

async function currentKid(query: <Row>(sql: string) => Promise<Row[]>): Promise<string | undefined> {
  return (await query<{ kid: string }>(`SELECT kid FROM vault_keys WHERE state = 'current'`))[0]?.kid;
}

/** A key that this process lacks is a reason to stop, and not to call the cell unreadable. */
function unlessMissingKey(error: unknown): undefined {
  if (error instanceof AppError && error.kind === 'conflict') return undefined;
  throw error;
}
