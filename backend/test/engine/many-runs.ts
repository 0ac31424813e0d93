import { randomUUID } from 'node:crypto';
import type { QueueLane } from '../../src/engine/queue/queue.port.js';
import { asTenantId, type TenantId, Transaction } from '../../src/platform/database/index.js';
import type { EngineWorld } from './engine-world.js';

/** Agencies and runs by the thousand, written as `beginRun` writes them. */
export class ManyRuns {
  constructor(
    private readonly world: EngineWorld,
    /** The steps of the saga that these runs are of. */
    private readonly saga: { name: string; steps: string[] },
  ) {}

  async agency(): Promise<TenantId> {
    const tenant = asTenantId(randomUUID());
    await this.in(tenant, `INSERT INTO agencies (id, name) VALUES ($1, 'One of many')`, [tenant]);
    return tenant;
  }

  /** Ready since `dueSince` seconds; those that were begun before were claimed once. */
  async ready(
    tenant: TenantId,
    queue: QueueLane,
    count: number,
    { begun = false, dueSince = 0, saga = this.saga.name } = {},
  ): Promise<void> {
    await this.in(
      tenant,
      `WITH made AS (
         INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, queue, lane, input, created_by, run_at, first_claimed_at, event_seq)
         SELECT $1, uuidv7(), $5, 1, 'One of many', uuidv7()::text, '', 'ready', $2, 'lane-1', '{}', 'user:test',
           now() - $6 * interval '1 s', CASE WHEN $4 THEN now() END, 0 FROM generate_series(1, $3::int)
         RETURNING id)
       INSERT INTO run_steps (agency_id, run_id, ordinal, name, marker)
       SELECT $1, made.id, s.ordinal, s.name, made.id || '.' || s.ordinal FROM made, unnest($7::text[]) WITH ORDINALITY AS s(name, ordinal)`,
      [tenant, queue, count, begun, saga, dueSince, this.saga.steps],
    );
  }

  in<Row>(tenant: TenantId, sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.world.processes[0].app.get(Transaction).run(tenant, (tx) => tx.query<Row>(sql, values));
  }
}
