import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Tells that somebody may do less than before, after the commit. May be missed: whoever depends on it also looks. */
@Injectable()
export class AccessChanges {
  private readonly changes = new Subject<void>();
  readonly changed$ = this.changes.asObservable();

  announce(): void {
    this.changes.next();
  }
}
