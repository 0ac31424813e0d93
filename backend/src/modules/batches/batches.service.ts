import { Injectable } from '@nestjs/common';
import { Ids } from '../../platform/clock/clock.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Idempotency, type Key, type Principal, sha256Hex } from '../../platform/http/index.js';
import { ConnectionsService } from '../ghl-oauth/index.js';
import type { BatchEntity } from './batch.entity.js';
import { BatchViews } from './batch-views.js';
import { batchActionsOf } from './batch-state.js';
import type {
  Batch,
  BatchAction,
  BatchDefaults,
  ChangeBatch,
  ChangeBatchRows,
  NewBatch,
  StartBatch,
} from './batches.schema.js';
import { mapColumns, missingFields } from './map-columns.js';
import { readTable, type Table } from './read-table.js';

const insertedAtOnce = 1_000;

/** Owns batches and batch_rows: takes uploads, lets people correct them, and starts what was reviewed. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly views: BatchViews,
    private readonly connections: ConnectionsService,
    private readonly transaction: Transaction,
    private readonly idempotency: Idempotency,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  /** Keeps the rows as they came and has them checked. Nothing outward happens before the start. */
  async create(tenant: TenantId, by: Principal, key: Key, upload: NewBatch): Promise<Batch> {
    await this.refuseUnknownConnection(tenant, upload.defaults);
    const table = await readTable(upload);
    const request = sha256Hex(JSON.stringify([upload.title, upload.mapping, upload.defaults, table]));
    return this.transaction.run(tenant, (tx) =>
      this.idempotency.once(tx, { key, route: 'createBatch', request }, async () => {
        const id = await this.keep(tx, by, upload, table);
        await this.audit.record(tx, {
          actor: by.actor,
          action: 'batches.create',
          object: `batch:${id}`,
          data: { rows: table.rows.length },
        });
        return this.views.detail(tx, id);
      }),
    );
  }

  /** Every row is checked again with what changed. */
  async change(tenant: TenantId, by: Principal, id: string, change: ChangeBatch): Promise<Batch> {
    if (change.defaults) await this.refuseUnknownConnection(tenant, change.defaults);
    return this.transaction.run(tenant, async (tx) => {
      const batch = await this.allowed(tx, id, 'change');
      refuseUnknownColumns(batch, change);
      await tx.query(
        `UPDATE batches SET title = coalesce($3, title), mapping = coalesce($4, mapping), defaults = coalesce($5, defaults), updated_at = now()
         WHERE agency_id = $1 AND id = $2`,
        [tenant, id, change.title ?? null, jsonOf(change.mapping), jsonOf(change.defaults)],
      );
      await this.checkAgain(tx, id);
      await this.audit.record(tx, { actor: by.actor, action: 'batches.change', object: `batch:${id}` });
      return this.views.detail(tx, id);
    });
  }

  async changeRows(tenant: TenantId, by: Principal, id: string, { rows, excluded }: ChangeBatchRows): Promise<Batch> {
    return this.transaction.run(tenant, async (tx) => {
      await this.allowed(tx, id, 'change');
      const changed = await tx.query<{ n: number }>(
        `UPDATE batch_rows SET excluded = $4, changed_at = now()
         WHERE agency_id = $1 AND batch_id = $2 AND n = ANY ($3) AND excluded <> $4 RETURNING n`,
        [tenant, id, rows, excluded],
      );
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'batches.change-rows',
        object: `batch:${id}`,
        data: { rows: changed.length, excluded },
      });
      return this.views.detail(tx, id);
    });
  }

  async start(tenant: TenantId, by: Principal, key: Key, id: string, start: StartBatch): Promise<Batch> {
    void [by, key, start];
    return this.transaction.run(tenant, async (tx) => {
      await this.allowed(tx, id, 'start');
      return this.views.detail(tx, id);
    });
  }

  /** One that is not named is chosen when the rows are checked. */
  private async refuseUnknownConnection(tenant: TenantId, { connectionId }: BatchDefaults): Promise<void> {
    if (connectionId) await this.connections.chosen(tenant, connectionId);
  }

  /** The batch under its row lock, when what is asked fits its state. */
  private async allowed(tx: Tx, id: string, action: BatchAction): Promise<BatchEntity> {
    await tx.query('SELECT 1 FROM batches WHERE agency_id = $1 AND id = $2 FOR UPDATE', [tx.tenant, id]);
    const batch = await this.views.find(tx, id);
    if (batchActionsOf(batch, await this.views.counts(tx, batch)).includes(action)) return batch;
    throw new AppError('conflict', `batch-cannot-${action}`, `This is not possible while the batch is ${batch.phase}.`);
  }

  private async keep(tx: Tx, by: Principal, upload: NewBatch, { columns, rows, delimiter }: Table): Promise<string> {
    const id = this.ids.next();
    const fileName = upload.fileName ?? null;
    const source = {
      ...{ kind: upload.rows ? 'rows' : 'csv', fileName, delimiter, encoding: upload.encoding ?? null },
      bytes: upload.csv === undefined ? null : Buffer.byteLength(upload.csv),
    };
    await tx.query(
      `INSERT INTO batches (agency_id, id, title, source, columns, mapping, defaults, row_count, phase, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9)`,
      [
        ...[tx.tenant, id, upload.title ?? fileName ?? `${rows.length} businesses`, jsonOf(source), columns],
        ...[jsonOf(upload.mapping), jsonOf(upload.defaults), rows.length, by.actor],
      ],
    );
    for (let from = 0; from < rows.length; from += insertedAtOnce) {
      const slice = rows.slice(from, from + insertedAtOnce).map((row, index) => ({ n: from + index + 1, ...row }));
      await tx.query(
        `INSERT INTO batch_rows (agency_id, batch_id, n, line, cells)
         SELECT $1, $2, e.n, e.line, e.cells FROM jsonb_to_recordset($3::jsonb) AS e(n int, line int, cells jsonb)`,
        [tx.tenant, id, JSON.stringify(slice)],
      );
    }
    await this.checkAgain(tx, id);
    return id;
  }

  /** What was found with the old mapping says nothing any more. */
  private async checkAgain(tx: Tx, id: string): Promise<void> {
    const batch = await this.views.find(tx, id);
    const missing = missingFields(mapColumns(batch.columns, batch.mapping));
    await tx.query(
      `UPDATE batch_rows SET verdict = 'unchecked', issues = '[]', request = NULL, row_hash = NULL WHERE agency_id = $1 AND batch_id = $2`,
      [tx.tenant, id],
    );
    await tx.query(
      `UPDATE batches SET phase = $3, revision = revision + 1, plan_hash = NULL, updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id, missing.length > 0 ? 'draft' : 'checking'],
    );
  }
}

const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

function refuseUnknownColumns({ columns }: BatchEntity, { mapping = {} }: ChangeBatch): void {
  const unknown = Object.keys(mapping).filter((name) => !columns.includes(name));
  if (unknown.length === 0) return;
  throw new AppError(
    'validation',
    'column-unknown',
    'The file has no such column. Its columns are named in the batch.',
    {
      errors: unknown.slice(0, 50).map((name) => ({
        pointer: `/mapping/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        detail: 'is not a column of this file',
      })),
    },
  );
}
