import { httpResource } from '@angular/common/http';
import { computed, Service } from '@angular/core';
import { listConnections } from '../api/fn/connections/list-connections';
import type { Connections as ConnectionsView } from '../api/models';

/** What Switchyard is connected to; read by the shell and by every page that needs a connection. */
@Service()
export class Connections {
  readonly resource = httpResource<ConnectionsView>(() => listConnections.PATH);
  readonly view = computed(() => (this.resource.hasValue() ? this.resource.value() : undefined));
  readonly usable = computed(() => this.view()?.items.filter((item) => item.status === 'active') ?? []);

  reload(): void {
    this.resource.reload();
  }
}
