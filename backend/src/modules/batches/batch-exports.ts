import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { BatchViews } from './batch-views.js';
import type { BatchResult, BatchRow, BatchRowsQuery, RowsFileQuery } from './batches.schema.js';
import { csvLine } from './csv-cells.js';
import { lineColumn, reasonColumn } from './map-columns.js';

const readAtOnce = 500;
/** Excel reads a file without this mark in the letters of its own country. */
const byteOrderMark = '\ufeff';

/** Rows as files: to correct and upload again, and what became of them. Read page by page, so that no file is held whole. */
@Injectable()
export class BatchExports {
  constructor(
    private readonly views: BatchViews,
    private readonly transaction: Transaction,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async rowsFile(tenant: TenantId, id: string, { problems }: RowsFileQuery, reply: FastifyReply): Promise<Readable> {
    const { columns } = await this.views.get(tenant, id);
    reply
      .header('content-disposition', `attachment; filename="batch-${id}-${problems ? 'problems' : 'rows'}.csv"`)
      .type('text/csv; charset=utf-8');
    const names = columns.map(({ name }) => name);
    return Readable.from(this.rowLines(tenant, id, names, problems ? ['problem'] : undefined));
  }

  async *rowLines(
    tenant: TenantId,
    id: string,
    columns: string[],
    state?: BatchRowsQuery['state'],
  ): AsyncGenerator<string> {
    yield byteOrderMark + csvLine([...columns, reasonColumn, lineColumn]);
    for await (const rows of this.pages(tenant, id, state)) {
      yield rows
        .map(({ cells, issues, line }) =>
          csvLine([...columns.map((_, index) => cells[index] ?? ''), issues.map(reasonOf).join(' · '), line]),
        )
        .join('');
    }
  }

  async resultFile(tenant: TenantId, id: string, reply: FastifyReply): Promise<Readable> {
    await this.views.get(tenant, id);
    reply
      .header('content-disposition', `attachment; filename="batch-${id}-result.csv"`)
      .type('text/csv; charset=utf-8');
    return Readable.from(this.resultLines(tenant, id));
  }

  async result(tenant: TenantId, id: string): Promise<BatchResult> {
    await this.views.get(tenant, id);
    const rows: BatchResult['rows'] = [];
    for await (const page of this.pages(tenant, id)) rows.push(...page.map((row) => this.resultOf(row)));
    return { batchId: id, rows };
  }

  private async *resultLines(tenant: TenantId, id: string): AsyncGenerator<string> {
    yield byteOrderMark + csvLine(resultColumns);
    for await (const rows of this.pages(tenant, id))
      yield rows.map((row) => csvLine(cellsOf(this.resultOf(row)))).join('');
  }

  private async *pages(tenant: TenantId, id: string, state?: BatchRowsQuery['state']): AsyncGenerator<BatchRow[]> {
    for (let after = 0; ;) {
      const rows = await this.transaction.run(tenant, (tx) =>
        this.views.rowsAfter(tx, id, after, readAtOnce, { state }),
      );
      if (rows.length === 0) return;
      after = rows.at(-1)!.n;
      yield rows;
    }
  }

  private resultOf(row: BatchRow): BatchResult['rows'][number] {
    const cause = row.attention?.cause ?? (row.jobId ? null : row.issues.map(reasonOf).join(' · ') || null);
    return {
      ...{ row: row.n, line: row.line, name: row.name, email: row.email, state: row.state },
      ...{ locationId: row.locationId, snapshot: row.snapshot?.name ?? null, cause },
      job: row.jobId ? `${this.config.publicUrl}/jobs/${row.jobId}` : null,
    };
  }
}

const resultColumns = ['row', 'line', 'name', 'email', 'state', 'locationId', 'snapshot', 'cause', 'job'] as const;

const cellsOf = (result: BatchResult['rows'][number]) => resultColumns.map((column) => result[column]);

const reasonOf = ({ column, message, suggestion }: BatchRow['issues'][number]) =>
  `${column ? `${column}: ` : ''}${message}${suggestion ? ` Did you mean “${suggestion}”?` : ''}`;
