import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { cancelJob } from '../api/fn/jobs/cancel-job';
import { getJobLog } from '../api/fn/jobs/get-job-log';
import { retryJob } from '../api/fn/jobs/retry-job';
import { retryJobs } from '../api/fn/jobs/retry-jobs';
import { undoJob } from '../api/fn/jobs/undo-job';
import type { JobDetail, LogPage, RetriedJobs, RetryJobs } from '../api/models';

@Service()
export class JobsApi {
  private readonly api = inject(Api);

  retry(id: string): Promise<JobDetail> {
    return this.api.invoke(retryJob, { id });
  }

  /** Those that stopped for one cause; a great many take several presses. */
  retryMany(cause: RetryJobs): Promise<RetriedJobs> {
    return this.api.invoke(retryJobs, { body: cause });
  }

  cancel(id: string): Promise<JobDetail> {
    return this.api.invoke(cancelJob, { id });
  }

  undo(id: string, confirm: string): Promise<JobDetail> {
    return this.api.invoke(undoJob, { id, body: { confirm } });
  }

  log(id: string, after: number, limit: number): Promise<LogPage> {
    return this.api.invoke(getJobLog, { id, after, limit });
  }
}
