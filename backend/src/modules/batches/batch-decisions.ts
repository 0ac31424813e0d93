import { Injectable } from '@nestjs/common';
import { RunGroups } from '../../engine/runs/index.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { BatchEntity, By } from './batch.entity.js';
import { BatchStore } from './batch-store.js';
import { BatchViews } from './batch-views.js';
import type { Batch, BatchAction, RetryBatch } from './batches.schema.js';

type Change = (tx: Tx, batch: BatchEntity) => Promise<Record<string, unknown>>;

/** What people decide about a batch that is under way: one transaction for all of its jobs, one entry with the counts. */
@Injectable()
export class BatchDecisions {
  constructor(
    private readonly store: BatchStore,
    private readonly views: BatchViews,
    private readonly groups: RunGroups,
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
  ) {}

  /** Rows that nobody has begun wait; those under way end as they would. */
  pause(tenant: TenantId, by: By, id: string): Promise<Batch> {
    const isPaused = ({ paused }: BatchEntity) => paused;
    return this.decide(tenant, by, id, 'pause', isPaused, async (tx) => {
      await this.store.setPaused(tx, id, true);
      return { rows: await this.groups.pause(tx, id, by.actor) };
    });
  }

  resume(tenant: TenantId, by: By, id: string): Promise<Batch> {
    const goesOn = ({ startedAt, paused, cancelledAt }: BatchEntity) => startedAt !== null && !paused && !cancelledAt;
    return this.decide(tenant, by, id, 'resume', goesOn, async (tx) => {
      await this.store.setPaused(tx, id, false);
      return { rows: await this.groups.resume(tx, id, by.actor) };
    });
  }

  /** Rows that nobody has begun are cancelled; those under way stop after the step in hand, or end. */
  cancel(tenant: TenantId, by: By, id: string): Promise<Batch> {
    const isCancelled = ({ cancelledAt }: BatchEntity) => cancelledAt !== null;
    return this.decide(tenant, by, id, 'cancel', isCancelled, async (tx) => {
      await this.store.cancelled(tx, id);
      return { ...(await this.groups.cancel(tx, id, by.actor)) };
    });
  }

  /** One group of failures, or all of them. */
  retry(tenant: TenantId, by: By, id: string, which: RetryBatch): Promise<Batch> {
    return this.decide(tenant, by, id, 'retry', never, async (tx) => ({
      ...which,
      rows: await this.groups.retry(tx, id, by.actor, which),
    }));
  }

  /** Takes back what this batch made. Sub-accounts that were taken over stay as they are. */
  undo(tenant: TenantId, by: By, id: string, confirm: string): Promise<Batch> {
    return this.decide(tenant, by, id, 'undo', never, async (tx, { title }) => {
      if (confirm.trim() !== title.trim()) throw notConfirmed(title);
      return { rows: await this.groups.undo(tx, id, by.actor, await this.store.madeByRuns(tx, id)) };
    });
  }

  /** What is so already is answered as it is: the one who decided may not have heard the first answer. */
  private async decide(
    tenant: TenantId,
    by: By,
    id: string,
    action: BatchAction,
    isSo: (batch: BatchEntity) => boolean,
    change: Change,
  ): Promise<Batch> {
    await this.transaction.run(tenant, async (tx) => {
      if (isSo(await this.store.lock(tx, id))) return;
      const batch = await this.store.allowed(tx, id, action);
      const data = await change(tx, batch);
      await this.audit.record(tx, { actor: by.actor, action: `batches.${action}`, object: `batch:${id}`, data });
    });
    return this.views.get(tenant, id);
  }
}

const never = () => false;

const notConfirmed = (title: string) =>
  new AppError(
    'validation',
    'confirmation-differs',
    'Type the title of the batch to confirm that what it made shall be taken back.',
    { errors: [{ pointer: '/confirm', detail: `must be the title of the batch: ${title}` }] },
  );
