import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { fromCursor, toCursor } from '../../platform/http/index.js';
import { BatchEntity, type KeptPlan } from './batch.entity.js';
import { BatchPlans } from './batch-plans.js';
import { BatchFigures } from './batch-figures.js';
import { batchActionsOf, batchStateOf } from './batch-state.js';
import type {
  Batch,
  BatchCounts,
  BatchesQuery,
  BatchRow,
  BatchRowsQuery,
  BatchSummary,
  RowIssue,
  RowSnapshot,
} from './batches.schema.js';
import { mapColumns, missingFields } from './map-columns.js';
import { countsOf, rowsFromSql, rowStateSql } from './row-state.js';

const examplesShown = 3;

/** Batches and their rows as people see them. Changes nothing. */
@Injectable()
export class BatchViews {
  constructor(
    private readonly transaction: Transaction,
    private readonly figures: BatchFigures,
    private readonly plans: BatchPlans,
  ) {}

  async list(tenant: TenantId, query: BatchesQuery): Promise<{ items: BatchSummary[]; next: string | null }> {
    const position = fromCursor(query.cursor, query, ['uuid']);
    return this.transaction.run(tenant, async (tx) => {
      const batches = tx.manager.createQueryBuilder(BatchEntity, 'batch').where('batch.agencyId = :tenant', { tenant });
      if (position) batches.andWhere('batch.id < :last', { last: position[0] });
      const found = await batches
        .orderBy('batch.id', 'DESC')
        .limit(query.limit + 1)
        .getMany();
      const page = found.slice(0, query.limit);
      const counts = await this.countsOfMany(tx, page);
      return {
        items: page.map((batch) => summaryOf(batch, counts.get(batch.id)!)),
        next: found.length > query.limit ? toCursor([page.at(-1)!.id], query) : null,
      };
    });
  }

  async get(tenant: TenantId, id: string): Promise<Batch> {
    const { plan, companyId, ...batch } = await this.transaction.run(tenant, (tx) => this.detail(tx, id));
    const estimateMs = plan ? await this.plans.estimate(companyId, plan) : 0;
    return { ...batch, plan: plan && { ...plan, estimateMs } };
  }

  private async detail(
    tx: Tx,
    id: string,
  ): Promise<Omit<Batch, 'plan'> & { plan: KeptPlan | null; companyId: string | null }> {
    const batch = await this.find(tx, id);
    const counts = await this.counts(tx, batch);
    const begun = batch.phase === 'starting' || batch.phase === 'started';
    const columns = mapColumns(batch.columns, batch.mapping);
    const examples = await this.examples(tx, id);
    return {
      ...summaryOf(batch, counts),
      source: batch.source,
      columns: columns.map((column, index) => ({ ...column, examples: examples.map((cells) => cells[index] ?? '') })),
      defaults: batch.defaults,
      connectionId: batch.connectionId,
      missingFields: [...missingFields(columns), ...(batch.connectionId ? [] : ['connection'])],
      work: await this.figures.work(tx, batch, counts),
      checkedAt: batch.checkedAt?.toISOString() ?? null,
      locationsReadAt: batch.locationsReadAt?.toISOString() ?? null,
      locationsSeen: batch.locationsSeen,
      plan: batch.plans.find(({ planHash }) => planHash === batch.planHash) ?? null,
      companyId: batch.connectionId ? await this.companyOf(tx, batch.connectionId) : null,
      progress: begun ? await this.figures.progress(tx, batch, counts) : null,
      failures: begun ? await this.figures.failures(tx, id) : [],
      actions: batchActionsOf(batch, counts),
      updatedAt: batch.updatedAt.toISOString(),
    };
  }

  async find(tx: Tx, id: string): Promise<BatchEntity> {
    const batch = await tx.manager.findOneBy(BatchEntity, { agencyId: tx.tenant, id });
    if (!batch) throw notFound('batch');
    return batch;
  }

  async counts(tx: Tx, batch: BatchEntity): Promise<BatchCounts> {
    return (await this.countsOfMany(tx, [batch])).get(batch.id)!;
  }

  async rows(tenant: TenantId, id: string, query: BatchRowsQuery): Promise<{ items: BatchRow[]; next: string | null }> {
    const filter = { ...query, batch: id };
    const position = fromCursor(query.cursor, filter, ['number']);
    const after = (position?.[0] as number | undefined) ?? 0;
    return this.transaction.run(tenant, async (tx) => {
      await this.find(tx, id);
      const found = await this.rowsAfter(tx, id, after, query.limit + 1, query);
      const items = found.slice(0, query.limit);
      return { items, next: found.length > query.limit ? toCursor([items.at(-1)!.n], filter) : null };
    });
  }

  /** In the order of the file; what the list, the files and the command line all read. */
  async rowsAfter(
    tx: Tx,
    id: string,
    after: number,
    limit: number,
    { state, search, code }: Pick<BatchRowsQuery, 'state' | 'search' | 'code'> = {},
  ): Promise<BatchRow[]> {
    const rows = await tx.query<StoredRow>(
      `SELECT * FROM (
         SELECT b.n, b.line, b.cells, b.name, b.email, b.issues, b.snapshot, b.choice, b.candidates, b.adopt_location_id, b.request IS NOT NULL AS readable,
           b.run_id, ${rowStateSql} AS state, r.attention,
           (SELECT s.ext_id FROM run_steps s WHERE s.agency_id = b.agency_id AND s.run_id = b.run_id AND s.name = 'create-location') AS location_id
         FROM ${rowsFromSql}
         WHERE ba.agency_id = $1 AND ba.id = $2 AND b.n > $3
           AND ($5::text IS NULL OR b.name ILIKE $5 OR b.email ILIKE $5)
           AND ($6::text IS NULL OR r.attention->>'code' = $6)) AS rows
       WHERE $7::text[] IS NULL OR state = ANY ($7) ORDER BY n LIMIT $4`,
      [
        ...[tx.tenant, id, after, limit],
        search ? `%${search.replace(/[\\%_]/g, '\\$&')}%` : null,
        code ?? null,
        state?.length ? state : null,
      ],
    );
    return rows.map(toBatchRow);
  }

  private async countsOfMany(tx: Tx, batches: BatchEntity[]): Promise<Map<string, BatchCounts>> {
    const rows = await tx.query<{ id: string; state: BatchRow['state']; rows: number }>(
      `SELECT ba.id, ${rowStateSql} AS state, count(*)::int AS rows FROM ${rowsFromSql}
       WHERE ba.agency_id = $1 AND ba.id = ANY ($2) GROUP BY 1, 2`,
      [tx.tenant, batches.map(({ id }) => id)],
    );
    return new Map(batches.map(({ id }) => [id, countsOf(rows.filter((row) => row.id === id))]));
  }

  private async companyOf(tx: Tx, connectionId: string): Promise<string | null> {
    const [connection] = await tx.query<{ company_id: string }>(
      'SELECT company_id FROM ghl_connections WHERE agency_id = $1 AND id = $2',
      [tx.tenant, connectionId],
    );
    return connection?.company_id ?? null;
  }

  private async examples(tx: Tx, id: string): Promise<string[][]> {
    const rows = await tx.query<{ cells: string[] }>(
      'SELECT cells FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 ORDER BY n LIMIT $3',
      [tx.tenant, id, examplesShown],
    );
    return rows.map(({ cells }) => cells);
  }
}

interface StoredRow {
  n: number;
  line: number;
  cells: string[];
  name: string | null;
  email: string | null;
  issues: RowIssue[];
  snapshot: RowSnapshot | null;
  choice: BatchRow['choice'];
  candidates: BatchRow['candidates'];
  adopt_location_id: string | null;
  readable: boolean;
  run_id: string | null;
  state: BatchRow['state'];
  attention: BatchRow['attention'];
  location_id: string | null;
}

const toBatchRow = (row: StoredRow): BatchRow => ({
  ...{
    n: row.n,
    line: row.line,
    state: row.state,
    name: row.name,
    email: row.email,
    issues: row.issues,
    cells: row.cells,
  },
  action: !row.readable ? null : row.adopt_location_id ? 'adopt' : 'create',
  snapshot: row.snapshot,
  choice: row.choice,
  candidates: row.candidates,
  jobId: row.run_id,
  locationId: row.location_id,
  attention: row.attention,
});

const summaryOf = (batch: BatchEntity, counts: BatchCounts): BatchSummary => ({
  ...{ id: batch.id, title: batch.title, counts, createdBy: batch.createdBy },
  state: batchStateOf(batch, counts),
  createdAt: batch.createdAt.toISOString(),
  startedAt: batch.startedAt?.toISOString() ?? null,
});
