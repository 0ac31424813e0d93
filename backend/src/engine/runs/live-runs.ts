import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { TenantId } from '../../platform/database/index.js';
import { SharedMoves } from './shared-moves.js';

export interface RunMoved {
  tenant: TenantId;
  runId: string;
  /** Last line of the run's log. */
  lastSeq: number;
  /** The run or one of its steps changed, and not only the log. */
  changed: boolean;
}

/**
 * Tells viewers that there is something new to read: those of this process at once, those of others through Redis. Holds
 * nothing and may be missed: Postgres has the lines, and a viewer asks it from its own cursor.
 */
@Injectable()
export class LiveRuns {
  private readonly moves = new Subject<RunMoved>();
  readonly moved$ = this.moves.asObservable();

  constructor(private readonly others: SharedMoves) {}

  announce(move: RunMoved): void {
    this.moves.next(move);
    this.others.tell(move);
  }

  /** From now on `moved$` has the moves of other processes, too. */
  hearOthers(): void {
    this.others.listen((move) => this.moves.next(move));
  }
}
