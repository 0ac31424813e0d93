import { httpResource } from '@angular/common/http';
import { computed, inject, Service } from '@angular/core';
import { listUsers } from '../api/fn/users/list-users';
import type { Users } from '../api/models';
import { Session } from './session';

/** Names for the actors that jobs, connections and settings speak of. */
@Service()
export class People {
  private readonly session = inject(Session);
  private readonly users = httpResource<Users>(() => (this.session.can('users.read') ? listUsers.PATH : undefined));
  private readonly names = computed(() => {
    const self = this.session.view()?.user;
    const known = this.users.hasValue() ? this.users.value().items : [];
    return new Map([...known, ...(self ? [self] : [])].map(({ id, name }) => [id, name]));
  });

  /** `user:<id>` as a name; other actors in words. What cannot be named stays as it is. */
  nameOf(actor: string): string {
    const [kind, id] = actor.split(':', 2);
    if (kind === 'system') return 'Switchyard';
    if (kind === 'api-key') return 'an API key';
    return (kind === 'user' && this.names().get(id)) || actor;
  }
}
