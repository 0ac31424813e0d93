import { SqlMigration } from './migration.js';

export class GhlBreakers1763700000011 extends SqlMigration {
  readonly name = 'GhlBreakers1763700000011';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- Whether calls of a connection to a group of endpoints are let through. No row: nothing ever failed.
    CREATE TABLE ghl_breakers (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      endpoint_group text NOT NULL,
      state text NOT NULL DEFAULT 'closed' CHECK (state IN ('closed','open','half-open')),
      -- closed: the failures that may still add up
      failed_at timestamptz[] NOT NULL DEFAULT '{}',
      -- the failure that opened it, or the last one of a probe: { code, detail }
      cause jsonb,
      opened_at timestamptz,
      pause_ms int,
      -- open: from when on one call may try; half-open: from when on its answer is not waited for any more
      probe_at timestamptz,
      -- half-open: the one call that tries
      probe_id uuid,
      PRIMARY KEY (agency_id, connection_id, endpoint_group),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id) ON DELETE CASCADE,
      CHECK ((state = 'closed') = (opened_at IS NULL)),
      CHECK ((state = 'closed') = (probe_at IS NULL)),
      CHECK ((state = 'half-open') = (probe_id IS NOT NULL))
    );
    CREATE INDEX ghl_breakers_open ON ghl_breakers (agency_id) WHERE state <> 'closed';
    CALL protect_tenant_table('ghl_breakers');
    CALL open_to_platform('ghl_breakers', 'SELECT');

    -- What is not closed, of all agencies: a process that calls reads it once a second. Almost always empty.
    -- waiting: how many runs are held back by it, counted up to a bound.
    CREATE FUNCTION ghl_breakers_open()
      RETURNS TABLE (agency_id uuid, connection_id uuid, endpoint_group text, state text, cause jsonb, opened_at timestamptz,
                     pause_ms int, probe_in_ms float8, waiting int)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT b.agency_id, b.connection_id, b.endpoint_group, b.state, b.cause, b.opened_at, b.pause_ms,
          extract(epoch FROM b.probe_at - clock_timestamp())::float8 * 1000,
          (SELECT count(*)::int FROM (
             SELECT 1 FROM runs r WHERE r.agency_id = b.agency_id AND r.lane = 'ghl:' || b.connection_id AND r.state = 'waiting'
               AND r.waiting_for = 'breaker' LIMIT 20000) AS held)
        FROM ghl_breakers b WHERE b.state <> 'closed'
      $$;
    REVOKE ALL ON FUNCTION ghl_breakers_open() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ghl_breakers_open() TO switchyard_app;
    ALTER FUNCTION ghl_breakers_open() OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION ghl_breakers_open();
    DROP TABLE ghl_breakers;
  `;
}
