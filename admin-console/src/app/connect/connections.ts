import { httpResource } from '@angular/common/http';
import { computed, inject, Service } from '@angular/core';
import { listConnections } from '../api/fn/connections/list-connections';
import type { Connections as ConnectionsView } from '../api/models';
import { Session } from '../session/session';

/** What Switchyard is connected to; read by the shell and by every page that needs a connection. */
@Service()
export class Connections {
  private readonly session = inject(Session);
  // Nobody signed in, nothing known: the next person at this tab may belong to another agency.
  readonly resource = httpResource<ConnectionsView>(() => (this.session.view() ? listConnections.PATH : undefined));
  readonly view = computed(() => (this.resource.hasValue() ? this.resource.value() : undefined));
  readonly usable = computed(() => this.view()?.items.filter((item) => item.status === 'active') ?? []);

  reload(): void {
    this.resource.reload();
  }
}
