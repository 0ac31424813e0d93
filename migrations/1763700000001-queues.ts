import { SqlMigration } from './migration.js';

/** Three queues, runs that were begun together, and an agency's hold on its own queues. */
export class Queues1763700000001 extends SqlMigration {
  readonly name = 'Queues1763700000001';
  readonly phase = 'expand';
  protected readonly upSql = `
    ALTER TABLE runs
      ADD COLUMN queue text NOT NULL DEFAULT 'default' CHECK (queue IN ('priority','default','bulk')),
      -- begun together, such as the rows of one batch
      ADD COLUMN group_id uuid;
    -- Counts by state and "what of this group has not started". Partial: a run of no group pays nothing for it.
    CREATE INDEX runs_group ON runs (agency_id, group_id, state) WHERE group_id IS NOT NULL;

    -- pause: a person stopped it before it began; nothing moves until a person lets it go on.
    ALTER TABLE runs DROP CONSTRAINT runs_waiting_for_check;
    ALTER TABLE runs ADD CONSTRAINT runs_waiting_for_check
      CHECK (waiting_for IN ('retry','settle','provider','schedule','rate-budget','breaker','connection','approval','pause'));

    -- No row: the queue runs. paused: nothing of it is taken. draining: only what was begun before.
    CREATE TABLE queue_controls (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      queue text NOT NULL CHECK (queue IN ('priority','default','bulk')),
      mode text NOT NULL CHECK (mode IN ('paused','draining')),
      set_by text NOT NULL,
      set_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, queue)
    );
    CALL protect_tenant_table('queue_controls');
    CALL open_to_platform('queue_controls', 'SELECT');

    -- The run's queue travels with it: to the steps, and with each nudge.
    CREATE OR REPLACE FUNCTION run_load(p_agency uuid, p_run_id uuid) RETURNS json LANGUAGE plpgsql AS $$
    DECLARE agency_set text;
    BEGIN
      agency_set := set_config('app.agency_id', p_agency::text, true);
      RETURN (SELECT json_build_object(
          'id', r.id, 'saga', r.saga, 'version', r.version, 'title', r.title, 'state', r.state, 'direction', r.direction,
          'no_progress', r.no_progress, 'cancel_requested_at', r.cancel_requested_at, 'input', r.input,
          'created_by', r.created_by, 'request_hash', r.request_hash, 'queue', r.queue,
          'steps', (SELECT json_agg(json_build_object(
              'ordinal', s.ordinal, 'name', s.name, 'state', s.state, 'marker', s.marker, 'intent_at', s.intent_at,
              'deadline_left_ms', extract(epoch FROM s.deadline_at - clock_timestamp()) * 1000,
              'issue_count', s.issue_count, 'issues_allowed', s.issues_allowed, 'looks', s.looks, 'retries', s.retries,
              'output', s.output, 'evidence', s.evidence) ORDER BY s.ordinal)
            FROM run_steps s WHERE s.agency_id = p_agency AND s.run_id = p_run_id))
        FROM runs r WHERE r.agency_id = p_agency AND r.id = p_run_id);
    END $$;

    DROP FUNCTION runs_overdue(int, int);
    CREATE FUNCTION runs_overdue(p_older_ms int, p_limit int)
      RETURNS TABLE (id uuid, fence bigint, queue text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        (SELECT r.id, r.fence, r.queue FROM runs r
          WHERE r.state IN ('ready','waiting') AND r.run_at < now() - p_older_ms * interval '1 ms' ORDER BY r.run_at LIMIT p_limit)
        UNION ALL
        (SELECT r.id, r.fence, r.queue FROM runs r
          WHERE r.state IN ('running','undoing') AND r.lease_until < now() ORDER BY r.lease_until LIMIT p_limit)
      $$;
    REVOKE ALL ON FUNCTION runs_overdue(int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_overdue(int, int) TO switchyard_app;
    ALTER FUNCTION runs_overdue(int, int) OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION runs_overdue(int, int);
    CREATE FUNCTION runs_overdue(p_older_ms int, p_limit int)
      RETURNS TABLE (id uuid, fence bigint, priority int)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        (SELECT r.id, r.fence, r.priority FROM runs r
          WHERE r.state IN ('ready','waiting') AND r.run_at < now() - p_older_ms * interval '1 ms' ORDER BY r.run_at LIMIT p_limit)
        UNION ALL
        (SELECT r.id, r.fence, r.priority FROM runs r
          WHERE r.state IN ('running','undoing') AND r.lease_until < now() ORDER BY r.lease_until LIMIT p_limit)
      $$;
    REVOKE ALL ON FUNCTION runs_overdue(int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_overdue(int, int) TO switchyard_app;
    ALTER FUNCTION runs_overdue(int, int) OWNER TO switchyard_platform;

    CREATE OR REPLACE FUNCTION run_load(p_agency uuid, p_run_id uuid) RETURNS json LANGUAGE plpgsql AS $$
    DECLARE agency_set text;
    BEGIN
      agency_set := set_config('app.agency_id', p_agency::text, true);
      RETURN (SELECT json_build_object(
          'id', r.id, 'saga', r.saga, 'version', r.version, 'title', r.title, 'state', r.state, 'direction', r.direction,
          'no_progress', r.no_progress, 'cancel_requested_at', r.cancel_requested_at, 'input', r.input,
          'created_by', r.created_by, 'request_hash', r.request_hash,
          'steps', (SELECT json_agg(json_build_object(
              'ordinal', s.ordinal, 'name', s.name, 'state', s.state, 'marker', s.marker, 'intent_at', s.intent_at,
              'deadline_left_ms', extract(epoch FROM s.deadline_at - clock_timestamp()) * 1000,
              'issue_count', s.issue_count, 'issues_allowed', s.issues_allowed, 'looks', s.looks, 'retries', s.retries,
              'output', s.output, 'evidence', s.evidence) ORDER BY s.ordinal)
            FROM run_steps s WHERE s.agency_id = p_agency AND s.run_id = p_run_id))
        FROM runs r WHERE r.agency_id = p_agency AND r.id = p_run_id);
    END $$;

    DROP TABLE queue_controls;
    UPDATE runs SET waiting_for = 'schedule' WHERE waiting_for = 'pause';
    ALTER TABLE runs DROP CONSTRAINT runs_waiting_for_check;
    ALTER TABLE runs ADD CONSTRAINT runs_waiting_for_check
      CHECK (waiting_for IN ('retry','settle','provider','schedule','rate-budget','breaker','connection','approval'));
    ALTER TABLE runs DROP COLUMN group_id, DROP COLUMN queue;
  `;
}
