import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { QueueLane } from '../queue/queue.port.js';
import { Ids } from '../../platform/clock/clock.js';
import { beginMany, type ManyBegun } from './begin-many.js';
import { type Beginning, beginRun, type Begun } from './begin-run.js';
import { backPerSecond } from './choose-retry.js';
import { ringAtMost } from './run-groups.js';
import { type MovedRun, RunMoves } from './run-moves.js';
import { RunEntity } from './run.entity.js';
import type { RunState } from './runs.schema.js';
import type { Saga } from './saga.js';

/** Begins runs for modules, finds them by what they are about, and wakes those that wait. */
@Injectable()
export class RunsService {
  constructor(
    private readonly moves: RunMoves,
    private readonly ids: Ids,
  ) {}

  /** See beginRun. The nudge follows the commit and may be lost: the sweeper finds the run. */
  async begin<Input>(
    tx: Tx,
    saga: Saga<Input>,
    beginning: Omit<Beginning<Input>, 'id'> & { id?: string },
  ): Promise<Begun> {
    const begun = await beginRun(tx, saga, { ...beginning, id: beginning.id ?? this.ids.next() });
    tx.afterCommit(() => this.moves.ring({ id: begun.id, fence: '0', queue: beginning.queue ?? 'default' }));
    return begun;
  }

  /** See beginMany. Only the first are nudged for: whoever works looks for the next by itself. */
  async beginMany<Input>(
    tx: Tx,
    saga: Saga<Input>,
    beginnings: readonly Omit<Beginning<Input>, 'queue' | 'groupId'>[],
    together: { queue: QueueLane; groupId: string },
  ): Promise<ManyBegun> {
    const many = await beginMany(tx, saga, beginnings, together);
    const first = many.begun.slice(0, ringAtMost);
    tx.afterCommit(() => first.forEach((id) => this.moves.ring({ id, fence: '0', queue: together.queue })));
    return many;
  }

  /** The run of an operation key, if it was begun before. */
  async findByKey(tx: Tx, key: string): Promise<{ id: string; input: unknown } | undefined> {
    const run = await tx.manager.findOneBy(RunEntity, { agencyId: tx.tenant, opKey: key });
    return run ? { id: run.id, input: run.input } : undefined;
  }

  /** The newest run that holds or held this exclusive key, in one of these states. */
  async findByExclusiveKey(
    tx: Tx,
    exclusiveKey: string,
    states: RunState[],
  ): Promise<{ id: string; title: string; state: RunState } | undefined> {
    const [run] = await tx.query<{ id: string; title: string; state: RunState }>(
      'SELECT id, title, state FROM runs WHERE agency_id = $1 AND exclusive_key = $2 AND state = ANY ($3) ORDER BY id DESC LIMIT 1',
      [tx.tenant, exclusiveKey, states],
    );
    return run;
  }

  /** The same for many keys at once. */
  async findByExclusiveKeys(
    tx: Tx,
    exclusiveKeys: readonly string[],
    states: RunState[],
  ): Promise<Map<string, { id: string; title: string; state: RunState }>> {
    const runs = await tx.query<{ key: string; id: string; title: string; state: RunState }>(
      `SELECT DISTINCT ON (exclusive_key) exclusive_key AS key, id, title, state FROM runs
       WHERE agency_id = $1 AND exclusive_key = ANY ($2) AND state = ANY ($3) ORDER BY exclusive_key, id DESC`,
      [tx.tenant, exclusiveKeys, states],
    );
    return new Map(runs.map(({ key, ...run }) => [key, run]));
  }

  /** Which of these outside ids a run of ours has recorded as its own. */
  async recordedExternalIds(tx: Tx, step: string, externalIds: string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ ext_id: string; run_id: string }>(
      'SELECT ext_id, run_id FROM run_steps WHERE agency_id = $1 AND name = $2 AND ext_id = ANY ($3)',
      [tx.tenant, step, externalIds],
    );
    return new Map(rows.map((row) => [row.ext_id, row.run_id]));
  }

  /** Runs of a lane that wait for its connection go on. */
  async wakeLane(tx: Tx, lane: string): Promise<number> {
    const woken = await tx.query<MovedRun>(
      `UPDATE runs SET state = 'ready', waiting_for = NULL, run_at = now(), attention = NULL, updated_at = now()
       WHERE agency_id = $1 AND lane = $2 AND state = 'waiting' AND waiting_for = 'connection' RETURNING id, fence, queue`,
      [tx.tenant, lane],
    );
    for (const run of woken) await this.moves.log(tx, run, 'The connection was renewed; going on', {});
    return woken.length;
  }

  /** Workers look at this queue now instead of at their next poll: rings for its oldest due runs. */
  async ringQueue(tx: Tx, queue: QueueLane): Promise<void> {
    const due = await tx.query<MovedRun>(
      `SELECT id, fence, queue FROM runs
       WHERE agency_id = $1 AND queue = $2 AND state IN ('ready','waiting') AND run_at <= now() ORDER BY run_at LIMIT 25`,
      [tx.tenant, queue],
    );
    tx.afterCommit(() => due.forEach((run) => this.moves.ring(run)));
  }

  /**
   * Runs of a lane that a circuit breaker held back go on one after the other, from `fromMs` on: all at once would spend the
   * provider's budget in one moment. Only ever brings a run forward.
   */
  async wakeHeldBack(tx: Tx, lane: string, fromMs: number): Promise<void> {
    await tx.query(
      `WITH held AS MATERIALIZED (
         SELECT id, priority FROM runs WHERE agency_id = $1 AND lane = $2 AND state = 'waiting' AND waiting_for = 'breaker'
         FOR UPDATE SKIP LOCKED),
       queue AS (SELECT id, row_number() OVER (ORDER BY priority DESC, id) AS place FROM held)
       UPDATE runs r SET run_at = least(r.run_at, now() + $3 * interval '1 ms' + (queue.place - 1) * interval '1 s' / $4)
       FROM queue WHERE r.agency_id = $1 AND r.id = queue.id`,
      [tx.tenant, lane, fromMs, backPerSecond],
    );
  }

  /** A run that lay down to wait for a breaker which had just closed. */
  async wakeSoon(tx: Tx, runId: string): Promise<void> {
    await tx.query(
      `UPDATE runs SET run_at = least(run_at, now() + random() * interval '1 s')
       WHERE agency_id = $1 AND id = $2 AND state = 'waiting' AND waiting_for = 'breaker'`,
      [tx.tenant, runId],
    );
  }

  /** A waiting run whose evidence may just have arrived looks now instead of later. */
  async wakeByMarker(tx: Tx, marker: string): Promise<void> {
    const woken = await tx.query<MovedRun>(
      `UPDATE runs r SET run_at = now() FROM run_steps s
       WHERE s.agency_id = $1 AND s.marker = $2 AND r.agency_id = $1 AND r.id = s.run_id AND r.state = 'waiting' AND r.waiting_for = 'settle'
       RETURNING r.id, r.fence, r.queue`,
      [tx.tenant, marker],
    );
    tx.afterCommit(() => woken.forEach((run) => this.moves.ring(run)));
  }
}
