import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { TenantId } from '../../platform/database/index.js';

export interface RunMoved {
  tenant: TenantId;
  runId: string;
  /** Last line of the run's log. */
  lastSeq: number;
  /** The run or one of its steps changed, and not only the log. */
  changed: boolean;
}

/**
 * Tells viewers in this process that there is something new to read. Holds nothing and may be missed: Postgres has the
 * lines, and a viewer asks it from its own cursor.
 */
@Injectable()
export class LiveRuns {
  private readonly moves = new Subject<RunMoved>();
  readonly moved$ = this.moves.asObservable();

  announce(move: RunMoved): void {
    this.moves.next(move);
  }
}
