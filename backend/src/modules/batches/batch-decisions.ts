import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import { batchActionsOf } from './batch-state.js';
import { BatchViews } from './batch-views.js';
import type { Batch, BatchAction, RetryBatch } from './batches.schema.js';

/** What people decide about a batch that is under way. */
@Injectable()
export class BatchDecisions {
  constructor(
    private readonly views: BatchViews,
    private readonly transaction: Transaction,
  ) {}

  pause(tenant: TenantId, by: Principal, id: string): Promise<Batch> {
    void by;
    return this.decide(tenant, id, 'pause');
  }

  resume(tenant: TenantId, by: Principal, id: string): Promise<Batch> {
    void by;
    return this.decide(tenant, id, 'resume');
  }

  cancel(tenant: TenantId, by: Principal, id: string): Promise<Batch> {
    void by;
    return this.decide(tenant, id, 'cancel');
  }

  retry(tenant: TenantId, by: Principal, id: string, which: RetryBatch): Promise<Batch> {
    void [by, which];
    return this.decide(tenant, id, 'retry');
  }

  undo(tenant: TenantId, by: Principal, id: string, confirm: string): Promise<Batch> {
    void [by, confirm];
    return this.decide(tenant, id, 'undo');
  }

  private decide(tenant: TenantId, id: string, action: BatchAction): Promise<Batch> {
    return this.transaction.run(tenant, async (tx) => {
      const batch = await this.views.find(tx, id);
      if (batchActionsOf(batch, await this.views.counts(tx, batch)).includes(action)) return this.views.detail(tx, id);
      throw new AppError(
        'conflict',
        `batch-cannot-${action}`,
        `This is not possible while the batch is ${batch.phase}.`,
      );
    });
  }
}
