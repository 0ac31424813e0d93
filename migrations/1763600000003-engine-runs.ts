import { SqlMigration } from './migration.js';

export class EngineRuns1763600000003 extends SqlMigration {
  readonly name = 'EngineRuns1763600000003';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE runs (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      saga text NOT NULL,
      version int NOT NULL,
      title text NOT NULL,
      -- business identity: the same key is the same run
      op_key text NOT NULL,
      request_hash text NOT NULL,
      -- at most one run that has not ended may hold this key, such as "this business at this agency"
      exclusive_key text,
      state text NOT NULL CHECK (state IN ('ready','running','waiting','done','failed','cancelled','undoing','undone','needs-human')),
      direction text NOT NULL DEFAULT 'forward' CHECK (direction IN ('forward','undo')),
      waiting_for text CHECK (waiting_for IN ('retry','settle','provider','schedule','rate-budget','breaker','connection','approval')),
      run_at timestamptz NOT NULL DEFAULT now(),
      priority int NOT NULL DEFAULT 0,
      -- housekeeping: not shown among what people started, unless a person has to look
      background boolean NOT NULL DEFAULT false,
      lane text NOT NULL,
      cancel_requested_at timestamptz,
      lease_owner text,
      lease_until timestamptz,
      fence bigint NOT NULL DEFAULT 0,
      attempts int NOT NULL DEFAULT 0,
      no_progress int NOT NULL DEFAULT 0,
      event_seq int NOT NULL DEFAULT 0,
      input jsonb NOT NULL,
      output jsonb,
      -- why a person should look: { code, cause, nextAction, step }
      attention jsonb,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      first_claimed_at timestamptz,
      finished_at timestamptz,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, id),
      UNIQUE (agency_id, op_key),
      CHECK ((state = 'waiting') = (waiting_for IS NOT NULL)),
      CHECK ((state IN ('running','undoing')) = (lease_owner IS NOT NULL))
    ) WITH (fillfactor = 70);
    CREATE UNIQUE INDEX runs_exclusive ON runs (agency_id, exclusive_key)
      WHERE exclusive_key IS NOT NULL AND state NOT IN ('done','failed','cancelled','undone');
    CREATE INDEX runs_exclusive_history ON runs (agency_id, exclusive_key, id) WHERE exclusive_key IS NOT NULL;
    CREATE INDEX runs_due ON runs (priority DESC, run_at) WHERE state IN ('ready','waiting');
    CREATE INDEX runs_leased ON runs (lease_until) WHERE state IN ('running','undoing');
    -- Ids are ordered by time, so the primary key is also "newest first".
    CREATE INDEX runs_by_state ON runs (agency_id, state, id);
    CREATE INDEX runs_attention ON runs (agency_id, id) WHERE attention IS NOT NULL;
    CREATE INDEX runs_waiting_lane ON runs (agency_id, lane) WHERE state = 'waiting';
    CALL protect_tenant_table('runs');
    CALL open_to_platform('runs', 'SELECT, UPDATE');

    CREATE TABLE run_steps (
      agency_id uuid NOT NULL,
      run_id uuid NOT NULL,
      ordinal int NOT NULL,
      name text NOT NULL,
      state text NOT NULL DEFAULT 'planned'
        CHECK (state IN ('planned','intent','unknown','done','partial','rejected','undoing','undone','needs-human')),
      marker text NOT NULL,
      request_hash text,
      -- when it was first asked for
      intent_at timestamptz,
      -- when every call of the last attempt must have ended; NULL: no outcome is open
      deadline_at timestamptz,
      -- how often bytes of this effect may have left us, and how often they may: once, once more on evidence, then by a person's word
      issue_count int NOT NULL DEFAULT 0,
      issues_allowed int NOT NULL DEFAULT 2,
      looks int NOT NULL DEFAULT 0,
      retries int NOT NULL DEFAULT 0,
      ext_id text,
      via text CHECK (via IN ('direct','search','callback','webhook','human')),
      progress jsonb,
      output jsonb,
      evidence jsonb,
      error jsonb,
      finished_at timestamptz,
      fence bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (agency_id, run_id, ordinal),
      UNIQUE (agency_id, run_id, name),
      UNIQUE (agency_id, marker),
      FOREIGN KEY (agency_id, run_id) REFERENCES runs (agency_id, id)
    ) WITH (fillfactor = 70);
    CREATE INDEX run_steps_ext_id ON run_steps (agency_id, name, ext_id) WHERE ext_id IS NOT NULL;
    CALL protect_tenant_table('run_steps');

    CREATE TABLE run_events (
      agency_id uuid NOT NULL,
      run_id uuid NOT NULL,
      seq int NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      level text NOT NULL CHECK (level IN ('debug','info','warn','error')),
      step text,
      message text NOT NULL,
      data jsonb,
      PRIMARY KEY (agency_id, run_id, seq)
    );
    CALL protect_tenant_table('run_events');

    -- Takes due runs: what a holder left behind when its lease ended goes first, then what was never started or is woken.
    -- One statement, database time. Sees across agencies, so it returns nothing but who and which.
    CREATE FUNCTION runs_claim(p_owner text, p_definitions text[], p_lease_ms int, p_limit int)
      RETURNS TABLE (agency_id uuid, id uuid, fence bigint)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH left_behind AS MATERIALIZED (
          SELECT l.agency_id, l.id FROM runs l
          WHERE l.state IN ('running','undoing') AND l.lease_until < now() AND l.saga || ':' || l.version = ANY (p_definitions)
          ORDER BY l.lease_until LIMIT p_limit FOR UPDATE SKIP LOCKED),
        due AS MATERIALIZED (
          SELECT d.agency_id, d.id FROM runs d
          WHERE d.state IN ('ready','waiting') AND d.run_at <= now() AND d.saga || ':' || d.version = ANY (p_definitions)
          ORDER BY d.priority DESC, d.run_at LIMIT p_limit - (SELECT count(*) FROM left_behind) FOR UPDATE SKIP LOCKED)
        UPDATE runs r SET
          state = CASE r.direction WHEN 'undo' THEN 'undoing' ELSE 'running' END,
          waiting_for = NULL, lease_owner = p_owner, lease_until = clock_timestamp() + p_lease_ms * interval '1 ms',
          fence = r.fence + 1, attempts = r.attempts + 1, no_progress = r.no_progress + 1,
          first_claimed_at = coalesce(r.first_claimed_at, clock_timestamp()), updated_at = clock_timestamp()
        FROM (SELECT * FROM left_behind UNION ALL SELECT * FROM due) AS taken
        WHERE r.agency_id = taken.agency_id AND r.id = taken.id
        RETURNING r.agency_id, r.id, r.fence
      $$;

    -- Keeps the leases of one holder alive; a run that is missing from the answer is lost to it.
    CREATE FUNCTION runs_heartbeat(p_owner text, p_agencies uuid[], p_ids uuid[], p_fences bigint[], p_lease_ms int)
      RETURNS TABLE (id uuid)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        UPDATE runs r SET lease_until = clock_timestamp() + p_lease_ms * interval '1 ms'
        FROM unnest(p_agencies, p_ids, p_fences) AS held(agency_id, id, fence)
        WHERE r.agency_id = held.agency_id AND r.id = held.id AND r.fence = held.fence AND r.lease_owner = p_owner
          AND r.lease_until > clock_timestamp()
        RETURNING r.id
      $$;

    -- Runs that are due and that nobody took: the sweeper rings for them again.
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

    REVOKE ALL ON FUNCTION runs_claim(text, text[], int, int), runs_heartbeat(text, uuid[], uuid[], bigint[], int), runs_overdue(int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_claim(text, text[], int, int), runs_heartbeat(text, uuid[], uuid[], bigint[], int), runs_overdue(int, int) TO switchyard_app;
    ALTER FUNCTION runs_claim(text, text[], int, int) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_overdue(int, int) OWNER TO switchyard_platform;

    -- Every write of a holder, in one commit: checks the fence, then changes the run, its steps and its log.
    -- Returns the last sequence number of the log (NULL when the caller no longer holds the run) and whether a cancel was asked for.
    -- p_run and each step hold only the columns that change; *_in_ms keys are moments counted from database time.
    -- ends_on_cancel: a wait that a cancel cuts short, even one asked for while this holder did not know of it.
    CREATE FUNCTION run_save(p_agency uuid, p_run_id uuid, p_fence bigint, p_run jsonb, p_steps jsonb, p_events jsonb)
      RETURNS TABLE (last_seq int, cancel_requested boolean, saved_at timestamptz) LANGUAGE plpgsql AS $$
    DECLARE
      event_count int := coalesce(jsonb_array_length(p_events), 0);
      saga text; state_before text; state_now text; agency_set text;
    BEGIN
      -- An assignment is evaluated without a query of its own; this function runs once or twice for every step.
      agency_set := set_config('app.agency_id', p_agency::text, true);
      saved_at := clock_timestamp();
      -- A held run has an owner (see the check); asking for its state instead would tempt the planner to walk all leases.
      UPDATE runs r SET
          state = coalesce(p_run->>'state', r.state),
          waiting_for = p_run->>'waiting_for',
          run_at = CASE WHEN p_run ? 'ends_on_cancel' AND r.cancel_requested_at IS NOT NULL THEN saved_at
                        WHEN p_run ? 'run_in_ms' THEN saved_at + (p_run->>'run_in_ms')::bigint * interval '1 ms'
                        WHEN p_run ? 'run_at' THEN (p_run->>'run_at')::timestamptz ELSE r.run_at END,
          lease_owner = CASE WHEN coalesce(p_run->>'state', r.state) IN ('running','undoing') THEN r.lease_owner END,
          lease_until = CASE WHEN coalesce(p_run->>'state', r.state) IN ('running','undoing') THEN r.lease_until END,
          no_progress = CASE p_run->>'no_progress' WHEN '0' THEN 0 WHEN 'unchanged' THEN greatest(r.no_progress - 1, 0) ELSE r.no_progress END,
          output = CASE WHEN p_run ? 'output' THEN nullif(p_run->'output', 'null') ELSE r.output END,
          attention = CASE WHEN p_run ? 'attention' THEN nullif(p_run->'attention', 'null') ELSE r.attention END,
          cancel_requested_at = CASE WHEN NOT p_run ? 'cancel_requested_at' THEN r.cancel_requested_at END,
          finished_at = CASE WHEN p_run->>'state' IN ('done','failed','cancelled','undone') THEN saved_at END,
          event_seq = r.event_seq + event_count, updated_at = saved_at
        WHERE r.agency_id = p_agency AND r.id = p_run_id AND r.fence = p_fence
          AND r.lease_owner IS NOT NULL AND r.lease_until > clock_timestamp()
        RETURNING r.saga, old.state, new.state, r.event_seq, r.cancel_requested_at IS NOT NULL
        INTO saga, state_before, state_now, last_seq, cancel_requested;
      IF NOT FOUND THEN RETURN; END IF;

      IF p_steps IS NOT NULL THEN
        UPDATE run_steps s SET
            state = coalesce(e.patch->>'state', s.state),
            intent_at = CASE WHEN e.patch->>'state' = 'intent' THEN coalesce(s.intent_at, saved_at) ELSE s.intent_at END,
            finished_at = CASE WHEN coalesce(e.patch->>'state', s.state) IN ('done','partial','rejected','undone','needs-human') THEN saved_at END,
            deadline_at = CASE WHEN e.patch ? 'deadline_in_ms'
              THEN saved_at + (e.patch->>'deadline_in_ms')::int * interval '1 ms' ELSE s.deadline_at END,
            request_hash = coalesce(e.patch->>'request_hash', s.request_hash),
            issue_count = coalesce((e.patch->>'issue_count')::int, s.issue_count),
            looks = coalesce((e.patch->>'looks')::int, s.looks),
            retries = coalesce((e.patch->>'retries')::int, s.retries),
            ext_id = CASE WHEN e.patch ? 'ext_id' THEN e.patch->>'ext_id' ELSE s.ext_id END,
            via = CASE WHEN e.patch ? 'via' THEN e.patch->>'via' ELSE s.via END,
            progress = CASE WHEN e.patch ? 'progress' THEN nullif(e.patch->'progress', 'null') ELSE s.progress END,
            output = CASE WHEN e.patch ? 'output' THEN nullif(e.patch->'output', 'null') ELSE s.output END,
            evidence = CASE WHEN e.patch ? 'evidence' THEN nullif(e.patch->'evidence', 'null') ELSE s.evidence END,
            error = CASE WHEN e.patch ? 'error' THEN nullif(e.patch->'error', 'null') ELSE s.error END,
            fence = p_fence
          FROM jsonb_array_elements(p_steps) AS e(patch)
          WHERE s.agency_id = p_agency AND s.run_id = p_run_id AND s.ordinal = (e.patch->'ordinal')::int;
      END IF;
      IF event_count > 0 THEN
        INSERT INTO run_events (agency_id, run_id, seq, level, step, message, data)
          SELECT p_agency, p_run_id, last_seq - event_count + e.n, e.line->>'level', e.line->>'step', e.line->>'message', e.line->'data'
          FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e(line, n);
      END IF;
      IF state_now <> state_before THEN
        INSERT INTO outbox (agency_id, type, payload)
          VALUES (p_agency, 'run.state-changed', jsonb_build_object('runId', p_run_id, 'saga', saga, 'from', state_before, 'to', state_now));
      END IF;
      RETURN NEXT;
    END $$;

    -- A run with its steps, for the one that carries it.
    CREATE FUNCTION run_load(p_agency uuid, p_run_id uuid) RETURNS json LANGUAGE plpgsql AS $$
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
    GRANT EXECUTE ON FUNCTION run_load(uuid, uuid) TO switchyard_app;
    GRANT EXECUTE ON FUNCTION run_save(uuid, uuid, bigint, jsonb, jsonb, jsonb) TO switchyard_app;
  `;
  protected readonly downSql = `
    DROP FUNCTION run_load(uuid, uuid);
    DROP FUNCTION run_save(uuid, uuid, bigint, jsonb, jsonb, jsonb);
    DROP FUNCTION runs_overdue(int, int);
    DROP FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int);
    DROP FUNCTION runs_claim(text, text[], int, int);
    DROP TABLE run_events, run_steps, runs;
  `;
}
