import { Injectable } from '@nestjs/common';
import type { RunState } from '../../engine/runs/runs.schema.js';
import type { Tx } from '../../platform/database/index.js';
import type { Dashboard } from './insight.schema.js';

/**
 * Counts of the engine's tables runs and run_steps, which are only read here. The engine knows nothing of what a
 * dashboard shows, and answering these through its views would read every run.
 */
@Injectable()
export class RunFigures {
  async cards(tx: Tx, days: number): Promise<Dashboard['cards']> {
    const [row] = await tx.query<Dashboard['cards']>(
      `SELECT
         (SELECT count(*)::int FROM run_steps s WHERE s.agency_id = $1 AND s.name = 'create-location' AND s.state = 'done') AS "subAccounts",
         count(*) FILTER (WHERE state IN ('ready','running','undoing'))::int AS running,
         count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
         count(*) FILTER (WHERE attention IS NOT NULL)::int AS attention,
         avg((state = 'done')::int) FILTER (WHERE ended)::float8 AS "successRate",
         percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - created_at) * 1000)
           FILTER (WHERE ended AND state = 'done')::float8 AS "medianDurationMs"
       FROM (SELECT *, state IN ('done','failed','cancelled','undone') AND finished_at > now() - $2 * interval '1 day' AS ended
             FROM runs WHERE agency_id = $1 AND (NOT background OR attention IS NOT NULL)) r`,
      [tx.tenant, days],
    );
    return row;
  }

  async byState(tx: Tx): Promise<Dashboard['byState']> {
    return tx.query<{ state: RunState; count: number }>(
      'SELECT state, count(*)::int AS count FROM runs WHERE agency_id = $1 AND NOT background GROUP BY state ORDER BY state',
      [tx.tenant],
    );
  }

  /** Every day of the period, also those without jobs: a gap in a chart must be a quiet day and not a missing one. */
  async overTime(tx: Tx, days: number): Promise<Dashboard['overTime']> {
    return tx.query<Dashboard['overTime'][number]>(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(jsonb_object_agg(state, count) FILTER (WHERE state IS NOT NULL), '{}') AS counts
       FROM generate_series((now() AT TIME ZONE 'UTC')::date - ($2::int - 1), (now() AT TIME ZONE 'UTC')::date, '1 day') AS day
       LEFT JOIN (SELECT (created_at AT TIME ZONE 'UTC')::date AS started, state, count(*)::int AS count FROM runs
                  WHERE agency_id = $1 AND NOT background AND created_at > now() - ($2::int + 1) * interval '1 day' GROUP BY 1, 2) r ON r.started = day::date
       GROUP BY day ORDER BY day`,
      [tx.tenant, days],
    );
  }
}
