import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { GhlConnection, StartedConnection } from '../api/models';
import { withSubmissionKey } from '../http/idempotency';

@Service()
export class ConnectionsApi {
  private readonly http = inject(HttpClient);

  begin(key: string): Promise<StartedConnection> {
    return firstValueFrom(this.http.post<StartedConnection>('/api/connections/ghl', {}, withSubmissionKey(key)));
  }

  check(id: string): Promise<GhlConnection> {
    return firstValueFrom(this.http.post<GhlConnection>(`/api/connections/${id}/check`, {}));
  }

  async disconnect(id: string): Promise<void> {
    await firstValueFrom(this.http.delete(`/api/connections/${id}`));
  }
}
