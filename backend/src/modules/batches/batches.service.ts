import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RunsService, SagaRegistry } from '../../engine/runs/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Idempotency, type Key, sha256Hex } from '../../platform/http/index.js';
import { ConnectionsService, laneOf } from '../ghl-oauth/index.js';
import type { By } from './batch.entity.js';
import { BatchPlans } from './batch-plans.js';
import { BatchStore } from './batch-store.js';
import { BatchViews } from './batch-views.js';
import { checkSaga, startSaga } from './batch-work.js';
import type { Batch, BatchDefaults, ChangeBatch, ChangeBatchRows, NewBatch, StartBatch } from './batches.schema.js';
import { mapColumns, missingFields } from './map-columns.js';
import { readTable } from './read-table.js';

/** Common values are kept with every row, so a long list of them times many rows must have an end. */
const commonBytesAtMost = 100 * 1024 * 1024;

/** Takes uploads, lets people correct them, and starts what was reviewed. */
@Injectable()
export class BatchesService implements OnModuleInit {
  constructor(
    private readonly store: BatchStore,
    private readonly views: BatchViews,
    private readonly plans: BatchPlans,
    private readonly connections: ConnectionsService,
    private readonly runs: RunsService,
    private readonly registry: SagaRegistry,
    private readonly transaction: Transaction,
    private readonly idempotency: Idempotency,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.registry.register(checkSaga);
    this.registry.register(startSaga);
  }

  /** Keeps the rows as they came and has them checked. Nothing outward happens before the start. */
  async create(tenant: TenantId, by: By, key: Key, upload: NewBatch): Promise<Batch> {
    const connectionId = await this.connectionFor(tenant, upload.defaults);
    const table = await readTable(upload);
    refuseTooMuch(upload.defaults, table.rows.length);
    const { title, fileName, mapping, defaults } = upload;
    const request = sha256Hex(JSON.stringify([title, fileName, mapping, defaults, table]));
    const { id } = await this.transaction.run(tenant, (tx) =>
      this.idempotency.once(tx, { key, route: 'createBatch', request }, async () => {
        const made = await this.store.keep(tx, { id: this.ids.next(), createdBy: by.actor, upload, table });
        await this.checkAgain(tx, by, made, connectionId);
        await this.record(tx, by, 'create', made, { rows: table.rows.length });
        return { id: made };
      }),
    );
    return this.views.get(tenant, id);
  }

  /** Every row is checked again with what changed. */
  async change(tenant: TenantId, by: By, id: string, change: ChangeBatch): Promise<Batch> {
    const { defaults } = change.defaults ? { defaults: change.defaults } : await this.views.get(tenant, id);
    const connectionId = await this.connectionFor(tenant, defaults);
    await this.transaction.run(tenant, async (tx) => {
      const batch = await this.store.allowed(tx, id, 'change');
      refuseUnknownColumns(batch.columns, change);
      refuseTooMuch(defaults, batch.rowCount);
      await this.store.change(tx, id, change);
      await this.checkAgain(tx, by, id, connectionId);
      await this.record(tx, by, 'change', id, { changed: Object.keys(change) });
    });
    return this.views.get(tenant, id);
  }

  /** Leaves rows out or takes them in, or chooses their snapshot. Where a row shares its business with another one, that one is judged anew too. */
  async changeRows(tenant: TenantId, by: By, id: string, change: ChangeBatchRows): Promise<Batch> {
    const { rows, excluded, snapshot = null } = change;
    await this.transaction.run(tenant, async (tx) => {
      const batch = await this.store.allowed(tx, id, 'change');
      const chooses = excluded === undefined;
      const changed = chooses
        ? await this.store.choose(tx, id, rows, snapshot)
        : await this.store.exclude(tx, id, rows, excluded);
      if (changed.length > 0) {
        const shared = await this.store.shareBusiness(tx, id, changed);
        const again = shared || (!chooses && batch.phase === 'checking') ? 'all' : chooses ? changed : [];
        if (again.length > 0) await this.checkAgain(tx, by, id, batch.connectionId ?? undefined, again);
        else if (batch.phase === 'ready') await this.plans.make(tx, id);
      }
      await this.record(tx, by, 'change-rows', id, { ...change, rows: changed.length });
    });
    return this.views.get(tenant, id);
  }

  /** Begins one job for each row of the plan that was reviewed. The same start again is the same start. */
  async start(tenant: TenantId, by: By, key: Key, id: string, { planHash }: StartBatch): Promise<Batch> {
    await this.transaction.run(tenant, (tx) =>
      this.idempotency.once(tx, { key, route: 'startBatch', request: { id, planHash } }, async () => {
        const batch = await this.store.lock(tx, id);
        if (batch.startedAt && batch.planHash === planHash) return { id };
        await this.store.allowed(tx, id, 'start');
        this.plans.refuseStale(batch, planHash);
        const workRunId = await this.work(tx, by, startSaga, batch);
        await this.store.started(tx, id, workRunId);
        await this.record(tx, by, 'start', id, { planHash });
        return { id };
      }),
    );
    return this.views.get(tenant, id);
  }

  /** What was found with the old mapping says nothing any more. Without the columns that make a business, a person comes first. */
  private async checkAgain(
    tx: Tx,
    by: By,
    id: string,
    connectionId: string | undefined,
    rows: number[] | 'all' = 'all',
  ): Promise<void> {
    const batch = await this.store.forget(tx, id, connectionId ?? null, rows);
    const missing = missingFields(mapColumns(batch.columns, batch.mapping));
    if (missing.length > 0 || !connectionId) return;
    await this.store.checking(tx, id, await this.work(tx, by, checkSaga, batch));
  }

  private async work(
    tx: Tx,
    by: By,
    saga: typeof checkSaga,
    { id, title, revision, connectionId }: { id: string; title: string; revision: number; connectionId: string | null },
  ): Promise<string> {
    const run = await this.runs.begin(tx, saga, {
      key: `${saga.name}:${id}:${revision}`,
      input: { batchId: id, connectionId: connectionId!, revision },
      title: `${saga === checkSaga ? 'Check' : 'Start'} ${title}`,
      lane: laneOf(connectionId!),
      createdBy: by.actor,
      queue: 'priority',
    });
    return run.id;
  }

  /** The one that is named must be there; without a name and without the only one, the batch waits for a person's word. */
  private async connectionFor(tenant: TenantId, { connectionId }: BatchDefaults): Promise<string | undefined> {
    try {
      return (await this.connections.chosen(tenant, connectionId)).id;
    } catch (error) {
      if (connectionId || !(error instanceof AppError) || error.kind !== 'validation') throw error;
      return undefined;
    }
  }

  private record(tx: Tx, by: By, act: string, id: string, data: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { actor: by.actor, action: `batches.${act}`, object: `batch:${id}`, data });
  }
}

function refuseTooMuch(defaults: BatchDefaults, rows: number): void {
  if (Buffer.byteLength(JSON.stringify(defaults)) * rows <= commonBytesAtMost) return;
  const detail = 'These common values are too long for so many rows. Shorten them, or split the file.';
  throw new AppError('too-large', 'batch-too-large', detail, { errors: [{ pointer: '/defaults', detail }] });
}

function refuseUnknownColumns(columns: readonly string[], { mapping = {} }: ChangeBatch): void {
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
