import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { SnapshotChoice } from '../provisioning/index.js';
import type { BatchEntity } from './batch.entity.js';
import { batchActionsOf, batchStateOf } from './batch-state.js';
import { BatchViews } from './batch-views.js';
import type { BatchAction, ChangeBatch, NewBatch } from './batches.schema.js';
import type { Table } from './read-table.js';

interface NewRows {
  id: string;
  createdBy: string;
  upload: NewBatch;
  table: Table;
}

const insertedAtOnce = 1_000;
const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/** Owns batches and batch_rows: every change of them by people is written here. */
@Injectable()
export class BatchStore {
  constructor(private readonly views: BatchViews) {}

  /** The batch, and nobody else changes it until the end of the transaction. */
  async lock(tx: Tx, id: string): Promise<BatchEntity> {
    await tx.query('SELECT 1 FROM batches WHERE agency_id = $1 AND id = $2 FOR UPDATE', [tx.tenant, id]);
    return this.views.find(tx, id);
  }

  /** The same, when what is asked fits its state. */
  async allowed(tx: Tx, id: string, action: BatchAction): Promise<BatchEntity> {
    const batch = await this.lock(tx, id);
    const counts = await this.views.counts(tx, batch);
    if (batchActionsOf(batch, counts).includes(action)) return batch;
    const state = batchStateOf(batch, counts);
    throw new AppError('conflict', `batch-cannot-${action}`, `This is not possible now: the batch is ${state}.`);
  }

  async keep(tx: Tx, { id, createdBy, upload, table }: NewRows): Promise<string> {
    const { columns, rows, delimiter } = table;
    const fileName = upload.fileName ?? null;
    const source = {
      ...{ kind: upload.rows ? 'rows' : 'csv', fileName, delimiter, encoding: upload.encoding ?? null },
      bytes: upload.csv === undefined ? null : Buffer.byteLength(upload.csv),
    };
    const title = upload.title ?? (fileName || `${rows.length} businesses`);
    await tx.query(
      `INSERT INTO batches (agency_id, id, title, source, columns, mapping, defaults, row_count, phase, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9)`,
      [
        ...[tx.tenant, id, title, json(source), columns, json(upload.mapping), json(upload.defaults)],
        ...[rows.length, createdBy],
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
    return id;
  }

  async change(tx: Tx, id: string, { title, mapping, defaults }: ChangeBatch): Promise<void> {
    await tx.query(
      `UPDATE batches SET title = coalesce($3, title), mapping = coalesce($4, mapping), defaults = coalesce($5, defaults)
       WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id, title ?? null, json(mapping), json(defaults)],
    );
  }

  /** Which rows that changed. */
  async exclude(tx: Tx, id: string, rows: number[], excluded: boolean): Promise<number[]> {
    const changed = await tx.query<{ n: number }>(
      `UPDATE batch_rows SET excluded = $4, changed_at = now()
       WHERE agency_id = $1 AND batch_id = $2 AND n = ANY ($3) AND excluded <> $4 RETURNING n`,
      [tx.tenant, id, rows, excluded],
    );
    return changed.map(({ n }) => n);
  }

  /** Which rows that changed. */
  async choose(tx: Tx, id: string, rows: number[], choice: SnapshotChoice | null): Promise<number[]> {
    const changed = await tx.query<{ n: number }>(
      `UPDATE batch_rows SET choice = $4::jsonb, changed_at = now()
       WHERE agency_id = $1 AND batch_id = $2 AND n = ANY ($3) AND choice IS DISTINCT FROM $4::jsonb RETURNING n`,
      [tx.tenant, id, rows, choice && JSON.stringify(choice)],
    );
    return changed.map(({ n }) => n);
  }

  /** Whether another row has the e-mail address of one of these: then they may be the same business. */
  async shareBusiness(tx: Tx, id: string, rows: number[]): Promise<boolean> {
    const shared = await tx.query(
      `SELECT 1 FROM batch_rows b JOIN batch_rows o ON o.agency_id = b.agency_id AND o.batch_id = b.batch_id AND o.n <> b.n
         AND lower(o.email) = lower(b.email)
       WHERE b.agency_id = $1 AND b.batch_id = $2 AND b.n = ANY ($3) LIMIT 1`,
      [tx.tenant, id, rows],
    );
    return shared.length > 0;
  }

  /** What a check has found so far, of these rows or of all; the next one has a number of its own. */
  async forget(tx: Tx, id: string, connectionId: string | null, rows: number[] | 'all'): Promise<BatchEntity> {
    await tx.query(
      `UPDATE batch_rows SET verdict = 'unchecked', issues = '[]', name = NULL, email = NULL, request = NULL, snapshot = NULL,
         candidates = '[]', adopt_location_id = NULL, row_hash = NULL
       WHERE agency_id = $1 AND batch_id = $2 AND verdict <> 'unchecked' AND ($3::int[] IS NULL OR n = ANY ($3))`,
      [tx.tenant, id, rows === 'all' ? null : rows],
    );
    await tx.query(
      `UPDATE batches SET phase = 'draft', revision = revision + 1, connection_id = $3, plan_hash = NULL, checked_at = NULL,
         updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id, connectionId],
    );
    return this.views.find(tx, id);
  }

  async checking(tx: Tx, id: string, workRunId: string): Promise<void> {
    await tx.query(`UPDATE batches SET phase = 'checking', work_run_id = $3 WHERE agency_id = $1 AND id = $2`, [
      tx.tenant,
      id,
      workRunId,
    ]);
  }

  async started(tx: Tx, id: string, workRunId: string): Promise<void> {
    await tx.query(
      `UPDATE batches SET phase = 'starting', work_run_id = $3, started_at = now(), updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id, workRunId],
    );
  }

  async setPaused(tx: Tx, id: string, paused: boolean): Promise<void> {
    await tx.query('UPDATE batches SET paused = $3, updated_at = now() WHERE agency_id = $1 AND id = $2', [
      tx.tenant,
      id,
      paused,
    ]);
  }

  /** Nothing of it begins any more. One that was started ends when its jobs have. */
  async cancelled(tx: Tx, id: string): Promise<void> {
    await tx.query(
      `UPDATE batches SET phase = CASE WHEN phase IN ('starting','started') THEN 'started' ELSE 'cancelled' END,
         cancelled_at = now(), paused = false, updated_at = now() WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id],
    );
  }

  /** Jobs of the batch that made a sub-account of their own; one that was there before is never taken away. */
  async madeByRuns(tx: Tx, id: string): Promise<string[]> {
    const rows = await tx.query<{ run_id: string }>(
      'SELECT run_id FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 AND run_id IS NOT NULL AND adopt_location_id IS NULL',
      [tx.tenant, id],
    );
    return rows.map(({ run_id }) => run_id);
  }
}
