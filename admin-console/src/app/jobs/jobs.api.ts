import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { JobDetail, LogPage } from '../api/models';
import { withSubmissionKey } from '../http/idempotency';

@Service()
export class JobsApi {
  private readonly http = inject(HttpClient);

  retry(id: string, key: string): Promise<JobDetail> {
    return firstValueFrom(this.http.post<JobDetail>(`/api/jobs/${id}/retry`, {}, withSubmissionKey(key)));
  }

  cancel(id: string, key: string): Promise<JobDetail> {
    return firstValueFrom(this.http.post<JobDetail>(`/api/jobs/${id}/cancel`, {}, withSubmissionKey(key)));
  }

  undo(id: string, confirm: string, key: string): Promise<JobDetail> {
    return firstValueFrom(this.http.post<JobDetail>(`/api/jobs/${id}/undo`, { confirm }, withSubmissionKey(key)));
  }

  log(id: string, after: number, limit: number): Promise<LogPage> {
    return firstValueFrom(this.http.get<LogPage>(`/api/jobs/${id}/log`, { params: { after, limit } }));
  }
}
