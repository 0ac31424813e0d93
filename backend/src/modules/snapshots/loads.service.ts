import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import type { LoadsQuery, SnapshotLoads, SnapshotLoadsPage } from './snapshots.schema.js';

/** Owns snapshot_loads: which job loads which snapshot. How far each is, is told by its run, which is only read here. */
@Injectable()
export class LoadsService {
  constructor(private readonly transaction: Transaction) {}

  /** Part of the transaction that begins the jobs. */
  async note(tx: Tx, loads: readonly { jobId: string; snapshotId: string }[]): Promise<void> {
    await tx.query(
      `INSERT INTO snapshot_loads (agency_id, snapshot_id, run_id)
       SELECT $1, l.snapshot_id, l.run_id FROM unnest($2::text[], $3::uuid[]) AS l(snapshot_id, run_id)`,
      [tx.tenant, loads.map(({ snapshotId }) => snapshotId), loads.map(({ jobId }) => jobId)],
    );
  }

  /** By snapshot; one that nobody loads is not in it. */
  async counts(tx: Tx): Promise<Map<string, SnapshotLoads>> {
    const rows = await tx.query<SnapshotLoads & { id: string }>(
      `SELECT snapshot_id AS id, count(*) FILTER (WHERE state = 'done')::int AS done,
         count(*) FILTER (WHERE state = 'under-way')::int AS "underWay", count(*) FILTER (WHERE state = 'failed')::int AS failed,
         (array_agg(json_build_object('jobId', run_id, 'business', business, 'cause', cause, 'at', ${isoSql('at')})
            ORDER BY run_id DESC) FILTER (WHERE state = 'failed'))[1] AS "lastFailure"
       FROM (${loadsSql}) AS loads GROUP BY 1`,
      [tx.tenant],
    );
    return new Map(rows.map(({ id, ...loads }) => [id, loads]));
  }

  async list(tenant: TenantId, id: string, { after, limit }: LoadsQuery): Promise<SnapshotLoadsPage> {
    const found = await this.transaction.run(tenant, async (tx) => {
      const known = await tx.query('SELECT 1 FROM snapshots WHERE agency_id = $1 AND id = $2', [tenant, id]);
      if (known.length === 0) throw notFound('snapshot');
      return tx.query<SnapshotLoadsPage['items'][number]>(
        `SELECT run_id AS "jobId", business, location_id AS "locationId", state, cause, ${isoSql('at')} AS at
         FROM (${loadsSql}) AS loads
         WHERE state IS NOT NULL AND snapshot_id = $2 AND ($3::uuid IS NULL OR run_id < $3) ORDER BY run_id DESC LIMIT $4`,
        [tenant, id, after ?? null, limit + 1],
      );
    });
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? items.at(-1)!.jobId : null };
  }
}

/** One format for what JSON carries, whatever the session's time zone is. */
const isoSql = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A job that ended before it came to the load, or that was undone, loads nothing: its state is NULL. */
const loadsSql = `
  SELECT l.snapshot_id, l.run_id, r.input->'business'->>'name' AS business, made.ext_id AS location_id,
    coalesce(s.finished_at, s.intent_at, r.created_at) AS at,
    CASE WHEN r.direction = 'undo' THEN NULL
         WHEN r.attention->>'step' = s.name THEN 'failed'
         WHEN s.state = 'done' THEN 'done'
         WHEN r.state IN ('failed','cancelled') THEN NULL
         ELSE 'under-way' END AS state,
    CASE WHEN r.attention->>'step' = s.name THEN r.attention->>'cause' END AS cause
  FROM snapshot_loads l
  JOIN runs r ON r.agency_id = l.agency_id AND r.id = l.run_id
  JOIN run_steps s ON s.agency_id = l.agency_id AND s.run_id = l.run_id AND s.name = 'await-snapshot-load'
  JOIN run_steps made ON made.agency_id = l.agency_id AND made.run_id = l.run_id AND made.name = 'create-location'
  WHERE l.agency_id = $1`;
