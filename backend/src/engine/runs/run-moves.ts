import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { type QueueLane, QueuePort } from '../queue/queue.port.js';
import { LiveRuns } from './live-runs.js';

export interface MovedRun {
  id: string;
  fence: string;
  queue: QueueLane;
}

/** What follows when somebody other than its holder moves a run: a line in its log, a nudge. */
@Injectable()
export class RunMoves {
  constructor(
    private readonly queue: QueuePort,
    private readonly live: LiveRuns,
  ) {}

  /** Writes the line now; viewers and workers hear of it after the commit. */
  async log(tx: Tx, run: MovedRun, message: string, data: Record<string, unknown>): Promise<void> {
    const [{ seq }] = await tx.query<{ seq: number }>(
      `WITH next AS (UPDATE runs SET event_seq = event_seq + 1 WHERE agency_id = $1 AND id = $2 RETURNING event_seq)
       INSERT INTO run_events (agency_id, run_id, seq, level, message, data) SELECT $1, $2, event_seq, 'info', $3, $4 FROM next RETURNING seq`,
      [tx.tenant, run.id, message, JSON.stringify(data)],
    );
    tx.afterCommit(() => {
      this.live.announce({ tenant: tx.tenant, runId: run.id, lastSeq: seq, changed: true });
      this.ring(run);
    });
  }

  /** The nudge for the next claim of this run; it may be lost. */
  ring(run: MovedRun): void {
    this.queue.nudge({ runId: run.id, fence: Number(run.fence) + 1, lane: run.queue });
  }
}
