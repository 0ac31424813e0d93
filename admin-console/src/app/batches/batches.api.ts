import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { cancelBatch } from '../api/fn/batches/cancel-batch';
import { changeBatch } from '../api/fn/batches/change-batch';
import { changeBatchRows } from '../api/fn/batches/change-batch-rows';
import { createBatch$Csv } from '../api/fn/batches/create-batch-csv';
import { pauseBatch } from '../api/fn/batches/pause-batch';
import { resumeBatch } from '../api/fn/batches/resume-batch';
import { retryBatch } from '../api/fn/batches/retry-batch';
import { startBatch } from '../api/fn/batches/start-batch';
import { undoBatch } from '../api/fn/batches/undo-batch';
import type { BatchOutput as Batch, ChangeBatch, RetryBatch, SnapshotChoice } from '../api/models';

@Service()
export class BatchesApi {
  private readonly api = inject(Api);

  /** The file as it is: the server finds out its encoding. */
  create(file: File, title: string, key: string): Promise<Batch> {
    const names = { fileName: file.name, ...(title && { title }) };
    return this.api.invoke(createBatch$Csv, { ...names, 'Idempotency-Key': key, body: file });
  }

  change(id: string, change: ChangeBatch): Promise<Batch> {
    return this.api.invoke(changeBatch, { id, body: change });
  }

  exclude(id: string, rows: number[], excluded: boolean): Promise<Batch> {
    return this.api.invoke(changeBatchRows, { id, body: { rows, excluded } });
  }

  /** `null`: as the file says. */
  choose(id: string, rows: number[], snapshot: SnapshotChoice | null): Promise<Batch> {
    return this.api.invoke(changeBatchRows, { id, body: { rows, snapshot } });
  }

  start(id: string, planHash: string, key: string): Promise<Batch> {
    return this.api.invoke(startBatch, { id, body: { planHash }, 'Idempotency-Key': key });
  }

  pause(id: string): Promise<Batch> {
    return this.api.invoke(pauseBatch, { id });
  }

  resume(id: string): Promise<Batch> {
    return this.api.invoke(resumeBatch, { id });
  }

  cancel(id: string): Promise<Batch> {
    return this.api.invoke(cancelBatch, { id });
  }

  retry(id: string, group: RetryBatch): Promise<Batch> {
    return this.api.invoke(retryBatch, { id, body: group });
  }

  undo(id: string, confirm: string): Promise<Batch> {
    return this.api.invoke(undoBatch, { id, body: { confirm } });
  }
}
