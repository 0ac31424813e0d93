import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { reopenSteps, resumeUndo } from './reopen-steps.js';
import { RunMoves } from './run-moves.js';
import { RunViews } from './run-views.js';
import type { RunState } from './runs.schema.js';
import { SagaRegistry } from './saga-registry.js';

/** Failures of one kind: what a person would have to do about them is the same. */
export interface FailureGroup {
  code?: string;
  step?: string;
  states?: readonly RunState[];
  /** Oldest first; all when absent. */
  limit?: number;
}

interface GroupedRun {
  id: string;
  saga: string;
  version: number;
  direction: 'forward' | 'undo';
}

/** Runs that a sleeping worker is woken for; whoever works looks for the next by itself. */
export const ringAtMost = 32;

/**
 * What is decided about all runs of a group at once: one statement for each change of state, with a line in every log. Says
 * how many it changed; asked again it finds nothing left to change.
 */
@Injectable()
export class RunGroups {
  constructor(
    private readonly views: RunViews,
    private readonly registry: SagaRegistry,
    private readonly moves: RunMoves,
  ) {}

  /** What nobody has begun waits until it is resumed; what is under way goes on. */
  async pause(tx: Tx, groupId: string, by: string): Promise<number> {
    const paused = await this.move(
      tx,
      `state = 'waiting', waiting_for = 'pause', run_at = 'infinity'`,
      `r.group_id = $2 AND r.state = 'ready' AND r.fence = 0`,
      { groupId, by, line: 'Paused with its group' },
    );
    return paused.length;
  }

  async resume(tx: Tx, groupId: string, by: string): Promise<number> {
    const resumed = await this.move(
      tx,
      `state = 'ready', waiting_for = NULL, run_at = now()`,
      `r.group_id = $2 AND r.state = 'waiting' AND r.waiting_for = 'pause'`,
      { groupId, by, line: 'Resumed with its group' },
    );
    await this.ring(tx, resumed);
    return resumed.length;
  }

  /** What nobody has begun is cancelled at once; what is under way stops after the step in hand, as a single run does. */
  async cancel(tx: Tx, groupId: string, by: string): Promise<{ cancelled: number; asked: number }> {
    const cancelled = await this.move(
      tx,
      `state = 'cancelled', waiting_for = NULL, run_at = now(), finished_at = now(), attention = NULL`,
      `r.group_id = $2 AND r.fence = 0 AND (r.state = 'ready' OR (r.state = 'waiting' AND r.waiting_for = 'pause'))`,
      { groupId, by, line: 'Cancelled with its group' },
    );
    const asked = await this.move(
      tx,
      `cancel_requested_at = now(), run_at = CASE WHEN r.state = 'waiting' THEN now() ELSE r.run_at END`,
      `r.group_id = $2 AND r.direction = 'forward' AND r.state IN ('ready','running','waiting') AND r.cancel_requested_at IS NULL`,
      { groupId, by, line: 'Cancel asked for' },
    );
    await this.ring(tx, asked);
    return { cancelled: cancelled.length, asked: asked.length };
  }

  /**
   * Failures go on from their failed step. One whose business has another run meanwhile is left as it is; without a group
   * also one whose business has a newer run, whatever became of that.
   */
  async retry(tx: Tx, groupId: string | null, by: string, which: FailureGroup): Promise<number> {
    const { code, step, states = ['failed', 'needs-human', 'done'], limit } = which;
    const chosen = await tx.query<GroupedRun>(
      `SELECT r.id, r.saga, r.version, r.direction FROM runs r
       WHERE r.agency_id = $1 AND ($2::uuid IS NULL OR r.group_id = $2) AND r.attention IS NOT NULL AND r.state = ANY ($5)
         AND ($3::text IS NULL OR r.attention->>'code' = $3) AND ($4::text IS NULL OR r.attention->>'step' = $4)
         AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.agency_id = $1 AND o.exclusive_key = r.exclusive_key AND o.id <> r.id
           AND (o.state NOT IN ('done','failed','cancelled','undone') OR ($2::uuid IS NULL AND o.id > r.id)))
       ORDER BY r.id LIMIT $6 FOR UPDATE OF r`,
      [tx.tenant, groupId, code ?? null, step ?? null, states, limit ?? null],
    );
    for (const { saga, version, ids } of bySaga(chosen.filter(({ direction }) => direction === 'forward'))) {
      const known = this.registry.find(saga, version);
      if (known) await reopenSteps(tx, known, ids);
    }
    await resumeUndo(
      tx,
      chosen.flatMap(({ id, direction }) => (direction === 'undo' ? [id] : [])),
    );
    return this.setReady(tx, chosen, by, { line: 'Retry asked for' });
  }

  /** Takes back what these runs of the group made, where anything was made that can be taken back. */
  async undo(tx: Tx, groupId: string, by: string, runIds: readonly string[]): Promise<number> {
    const stopped = await tx.query<GroupedRun>(
      `SELECT r.id, r.saga, r.version, r.direction FROM runs r
       WHERE r.agency_id = $1 AND r.group_id = $2 AND r.id = ANY ($3) AND r.direction = 'forward'
         AND r.state IN ('done','failed','cancelled','needs-human')
         AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.agency_id = $1 AND o.exclusive_key = r.exclusive_key AND o.id <> r.id
           AND o.state NOT IN ('done','failed','cancelled','undone'))
       FOR UPDATE OF r`,
      [tx.tenant, groupId, runIds],
    );
    const undoable: GroupedRun[] = [];
    for (const { saga, version, ids } of bySaga(stopped)) {
      const names = [...this.views.undoable(this.registry.find(saga, version))];
      const made = await tx.query<{ run_id: string }>(
        `SELECT DISTINCT run_id FROM run_steps WHERE agency_id = $1 AND run_id = ANY ($2) AND issue_count > 0 AND state <> 'undone' AND name = ANY ($3)`,
        [tx.tenant, ids, names],
      );
      const madeBy = new Set(made.map(({ run_id }) => run_id));
      undoable.push(...stopped.filter(({ id }) => madeBy.has(id)));
    }
    return this.setReady(tx, undoable, by, { direction: 'undo', line: 'Undo asked for' });
  }

  private async setReady(
    tx: Tx,
    runs: readonly GroupedRun[],
    by: string,
    { direction, line }: { direction?: 'undo'; line: string },
  ): Promise<number> {
    const moved = await this.move(
      tx,
      `state = 'ready', direction = ${direction ? `'${direction}'` : 'r.direction'}, waiting_for = NULL, run_at = now(), attention = NULL,
       cancel_requested_at = NULL, finished_at = NULL, no_progress = 0`,
      'r.id = ANY ($2)',
      { groupId: runs.map(({ id }) => id), by, line },
    );
    await this.ring(tx, moved);
    return moved.length;
  }

  /** The change, a line in each log and what listeners hear; $1 is the agency and $2 what `where` compares with. */
  private move(
    tx: Tx,
    set: string,
    where: string,
    { groupId, by, line }: { groupId: string | string[]; by: string; line: string },
  ): Promise<{ id: string }[]> {
    return tx.query<{ id: string }>(
      `WITH moved AS (
         UPDATE runs r SET ${set}, event_seq = r.event_seq + 1, updated_at = now() WHERE r.agency_id = $1 AND ${where}
         RETURNING r.id, r.saga, r.event_seq, old.state AS was, new.state AS now),
       told AS (
         INSERT INTO run_events (agency_id, run_id, seq, level, message, data)
         SELECT $1, id, event_seq, 'info', $3, jsonb_build_object('by', $4::text) FROM moved),
       heard AS (
         INSERT INTO outbox (agency_id, type, payload)
         SELECT $1, 'run.state-changed', jsonb_build_object('runId', id, 'saga', saga, 'from', was, 'to', now) FROM moved WHERE was <> now)
       SELECT id FROM moved ORDER BY id`,
      [tx.tenant, groupId, line, by],
    );
  }

  private async ring(tx: Tx, runs: readonly { id: string }[]): Promise<void> {
    const first = await tx.query<{ id: string; fence: string; queue: 'bulk' }>(
      'SELECT id, fence, queue FROM runs WHERE agency_id = $1 AND id = ANY ($2)',
      [tx.tenant, runs.slice(0, ringAtMost).map(({ id }) => id)],
    );
    tx.afterCommit(() => first.forEach((run) => this.moves.ring(run)));
  }
}

function bySaga(runs: readonly GroupedRun[]): { saga: string; version: number; ids: string[] }[] {
  const groups = Map.groupBy(runs, ({ saga, version }) => `${saga}:${version}`);
  return [...groups.values()].map((same) => ({
    ...{ saga: same[0].saga, version: same[0].version },
    ids: same.map(({ id }) => id),
  }));
}
