import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { AppError, notFound } from '../../platform/errors/index.js';
import { BulkProvisioning } from '../provisioning/index.js';
import type { Recommendation } from '../snapshots/index.js';
import { BatchViews } from './batch-views.js';
import { mapColumns } from './map-columns.js';
import { readRow } from './read-row.js';

/** Which snapshots fit a row, with every reason: for the person who chooses one. */
@Injectable()
export class RowAdvice {
  constructor(
    private readonly views: BatchViews,
    private readonly bulk: BulkProvisioning,
    private readonly transaction: Transaction,
  ) {}

  /** Refuses a row that says too little of its business to be read. */
  async of(tenant: TenantId, id: string, n: number): Promise<Recommendation> {
    const { batch, row } = await this.transaction.run(tenant, async (tx) => {
      const batch = await this.views.find(tx, id);
      const [row] = await this.views.rowsAfter(tx, id, n - 1, 1);
      return { batch, row };
    });
    if (row?.n !== n) throw notFound('row');
    const { connectionId, defaults } = batch;
    const columns = mapColumns(batch.columns, batch.mapping);
    const layout = { columns, defaults, connectionId: connectionId ?? '', snapshots: [] };
    const { request } = connectionId ? readRow(layout, row.cells, 'recommend') : {};
    if (!request)
      throw new AppError('conflict', 'row-unreadable', 'This row has other problems. Correct them first.', {
        evidence: { issues: row.issues },
      });
    return this.bulk.recommend(await this.bulk.desk(tenant, request.connectionId!), request);
  }
}
