import { SqlMigration } from './migration.js';

/** The saves of many runs in one statement: what an executor's start costs is paid once for all of them. */
export class SharedSaves1763700000041 extends SqlMigration {
  readonly name = 'SharedSaves1763700000041';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- run_save for a batch: [{ tenant, saves: [{ tenant, n, run_id, fence, run, steps: [{ run_id, ordinal, patch }], events }] }], each agency once and each run once,
    -- both in ascending order, which is also the order in which rows are locked. Answers with n for each save whose caller holds
    -- its run; what the other saves wanted was not written. Keys of run and of a step are as in run_save.
    -- Tells when a run begins to wait, and no other move: nobody asks for those, and each would be written, told and deleted.
    -- One plan for every size and age of the tables: by the primary keys, in the order given.
    CREATE FUNCTION runs_save(p_batch jsonb)
      RETURNS TABLE (n int, last_seq int, cancel_requested boolean, saved_at timestamptz) LANGUAGE plpgsql
      SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
      AS $$
    DECLARE agency uuid; saves jsonb; agency_set text; now_ timestamptz;
    BEGIN
      FOR agency, saves IN SELECT g.tenant, g.saves FROM jsonb_to_recordset(p_batch) AS g(tenant uuid, saves jsonb) LOOP
        -- An assignment is evaluated without a query of its own.
        agency_set := set_config('app.agency_id', agency::text, true);
        now_ := clock_timestamp();
        RETURN QUERY
        WITH held AS (
          -- A held run has an owner (see the check); asking for its state instead would tempt the planner to walk all leases.
          UPDATE runs r SET
              state = coalesce(w.run->>'state', r.state),
              waiting_for = w.run->>'waiting_for',
              run_at = CASE WHEN w.run ? 'ends_on_cancel' AND r.cancel_requested_at IS NOT NULL THEN now_
                            WHEN w.run ? 'run_in_ms' THEN now_ + (w.run->>'run_in_ms')::bigint * interval '1 ms'
                            WHEN w.run ? 'run_at' THEN (w.run->>'run_at')::timestamptz ELSE r.run_at END,
              lease_owner = CASE WHEN coalesce(w.run->>'state', r.state) IN ('running','undoing') THEN r.lease_owner END,
              lease_until = CASE WHEN coalesce(w.run->>'state', r.state) IN ('running','undoing') THEN r.lease_until END,
              no_progress = CASE w.run->>'no_progress' WHEN '0' THEN 0 WHEN 'unchanged' THEN greatest(r.no_progress - 1, 0) ELSE r.no_progress END,
              output = CASE WHEN w.run ? 'output' THEN nullif(w.run->'output', 'null') ELSE r.output END,
              attention = CASE WHEN w.run ? 'attention' THEN nullif(w.run->'attention', 'null') ELSE r.attention END,
              cancel_requested_at = CASE WHEN NOT w.run ? 'cancel_requested_at' THEN r.cancel_requested_at END,
              finished_at = CASE WHEN w.run->>'state' IN ('done','failed','cancelled','undone') THEN now_ END,
              event_seq = r.event_seq + jsonb_array_length(w.events), updated_at = now_
            FROM jsonb_to_recordset(saves) AS w(n int, tenant uuid, run_id uuid, fence bigint, run jsonb, steps jsonb, events jsonb)
            WHERE w.tenant = agency AND r.agency_id = agency AND r.id = w.run_id AND r.fence = w.fence
              AND r.lease_owner IS NOT NULL AND r.lease_until > clock_timestamp()
            RETURNING w.n, r.id, r.fence, r.saga, r.waiting_for, r.event_seq,
              r.cancel_requested_at IS NOT NULL AS cancel_requested, w.steps, w.events),
        steps AS (
          UPDATE run_steps s SET
              state = coalesce(e.patch->>'state', s.state),
              intent_at = CASE WHEN e.patch->>'state' = 'intent' THEN coalesce(s.intent_at, now_) ELSE s.intent_at END,
              finished_at = CASE WHEN coalesce(e.patch->>'state', s.state) IN ('done','partial','rejected','undone','needs-human') THEN now_ END,
              deadline_at = CASE WHEN e.patch ? 'deadline_in_ms'
                THEN now_ + (e.patch->>'deadline_in_ms')::int * interval '1 ms' ELSE s.deadline_at END,
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
              fence = h.fence
            FROM held h CROSS JOIN LATERAL jsonb_to_recordset(h.steps) AS e(run_id uuid, ordinal int, patch jsonb)
            WHERE e.run_id = h.id AND s.agency_id = agency AND s.run_id = e.run_id AND s.ordinal = e.ordinal),
        lines AS (
          INSERT INTO run_events (agency_id, run_id, seq, level, step, message, data)
            SELECT agency, h.id, h.event_seq - jsonb_array_length(h.events) + e.n, e.line->>'level', e.line->>'step', e.line->>'message', e.line->'data'
            FROM held h CROSS JOIN LATERAL jsonb_array_elements(h.events) WITH ORDINALITY AS e(line, n)),
        told AS (
          INSERT INTO outbox (agency_id, type, payload)
            SELECT agency, 'run.waiting', jsonb_build_object('runId', h.id, 'saga', h.saga, 'waitingFor', h.waiting_for)
            FROM held h WHERE h.waiting_for IS NOT NULL)
        SELECT h.n, h.event_seq, h.cancel_requested, now_ FROM held h;
      END LOOP;
    END $$;
    GRANT EXECUTE ON FUNCTION runs_save(jsonb) TO switchyard_app;

    -- As before, but locks in the order of runs_save: two writers of the same runs never wait for each other in a circle.
    DROP FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int);
    CREATE FUNCTION runs_heartbeat(p_owner text, p_agencies uuid[], p_ids uuid[], p_fences bigint[], p_lease_ms int)
      RETURNS TABLE (id uuid)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH held AS MATERIALIZED (
          SELECT r.agency_id, r.id FROM unnest(p_agencies, p_ids, p_fences) AS mine(agency_id, id, fence)
          JOIN runs r ON r.agency_id = mine.agency_id AND r.id = mine.id AND r.fence = mine.fence
          WHERE r.lease_owner = p_owner AND r.lease_until > clock_timestamp()
          ORDER BY r.agency_id, r.id FOR NO KEY UPDATE OF r)
        UPDATE runs r SET lease_until = clock_timestamp() + p_lease_ms * interval '1 ms'
        FROM held WHERE r.agency_id = held.agency_id AND r.id = held.id
        RETURNING r.id
      $$;
    REVOKE ALL ON FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) TO switchyard_app;
    ALTER FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int);
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
    REVOKE ALL ON FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) TO switchyard_app;
    ALTER FUNCTION runs_heartbeat(text, uuid[], uuid[], bigint[], int) OWNER TO switchyard_platform;
    DROP FUNCTION runs_save(jsonb);
  `;
}
