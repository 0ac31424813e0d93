import { inject, Pipe, type PipeTransform } from '@angular/core';
import { People } from './people';

/** Impure: names arrive after the page that shows them. Looking one up costs a read of a signal. */
@Pipe({ name: 'actorName', pure: false })
export class ActorNamePipe implements PipeTransform {
  private readonly people = inject(People);

  transform(actor: string | null | undefined): string {
    return actor ? this.people.nameOf(actor) : '';
  }
}
