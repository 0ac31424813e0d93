import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { checkConnection } from '../api/fn/connections/check-connection';
import { disconnect } from '../api/fn/connections/disconnect';
import { startGhlConnection } from '../api/fn/connections/start-ghl-connection';
import type { GhlConnection, StartedConnection } from '../api/models';

@Service()
export class ConnectionsApi {
  private readonly api = inject(Api);

  begin(): Promise<StartedConnection> {
    return this.api.invoke(startGhlConnection);
  }

  check(id: string): Promise<GhlConnection> {
    return this.api.invoke(checkConnection, { id });
  }

  disconnect(id: string): Promise<void> {
    return this.api.invoke(disconnect, { id });
  }
}
