import { SqlMigration } from './migration.js';

/** Whose turn it is: places are dealt between queues by weight, then between agencies, then by age. See ADR 7. */
export class FairClaim1763700000003 extends SqlMigration {
  readonly name = 'FairClaim1763700000003';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- When the present holder took it.
    ALTER TABLE runs ADD COLUMN claimed_at timestamptz;

    -- What can be taken, in the order in which an agency's runs of one queue are taken: what was begun before, then the
    -- oldest. The claim also walks its first two columns from group to group, however many runs a group has.
    CREATE INDEX runs_ready ON runs (queue, agency_id, (first_claimed_at IS NULL), run_at, id) WHERE state = 'ready';
    -- What becomes ready by itself, soonest first. A run is in one of the two and never in both.
    CREATE INDEX runs_waiting ON runs (run_at) WHERE state = 'waiting';
    DROP INDEX runs_due;

    CREATE FUNCTION queue_weight(p_queue text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN CASE p_queue WHEN 'priority' THEN 16 WHEN 'default' THEN 4 ELSE 1 END;

    -- A wait that is over: from now on the run is in line with the others of its queue. The longest over goes first.
    CREATE FUNCTION runs_awaken() RETURNS void LANGUAGE sql VOLATILE AS $$
      UPDATE runs r SET state = 'ready', waiting_for = NULL, updated_at = clock_timestamp()
      FROM (SELECT w.agency_id, w.id FROM runs w WHERE w.state = 'waiting' AND w.run_at <= now()
            ORDER BY w.run_at LIMIT 500 FOR UPDATE SKIP LOCKED) AS over
      WHERE r.agency_id = over.agency_id AND r.id = over.id
    $$;

    -- Locks ready runs of one agency and queue, in their order; those that another claim has locked are passed over.
    CREATE FUNCTION runs_lock(p_definitions text[], p_queue text, p_agency uuid, p_begun_only boolean, p_places int)
      RETURNS tid[] LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      RETURN ARRAY(
        SELECT d.ctid FROM runs d
        WHERE d.state = 'ready' AND d.queue = p_queue AND d.agency_id = p_agency AND d.run_at <= now()
          AND d.saga || ':' || d.version = ANY (p_definitions) AND (NOT p_begun_only OR d.first_claimed_at IS NOT NULL)
        ORDER BY d.first_claimed_at IS NULL, d.run_at, d.id LIMIT p_places FOR UPDATE SKIP LOCKED);
    END $$;

    -- Deals places: which agency gets how many of its queue. Between queues, the one with the least in hand for its weight
    -- is next; within a queue, the agency with the least in hand, and among equals the one whose turn it is after p_after.
    -- spare: it got none, but may have what another claim snatched from those that did.
    CREATE FUNCTION runs_deal(p_definitions text[], p_places int, p_reserved int, p_after uuid)
      RETURNS TABLE (queue text, agency_id uuid, begun_only boolean, places int, reserved int)
      LANGUAGE sql STABLE AS $$
        WITH RECURSIVE
        held AS MATERIALIZED (
          SELECT h.queue, h.agency_id, count(*) AS runs FROM runs h WHERE h.state IN ('running','undoing') GROUP BY 1, 2),
        -- At most 16 agencies of a queue that have something to take, beginning after p_after and going round once;
        -- of each, how many runs it has for these places. Who is not among them now is so the next time.
        round AS (
          SELECT q.queue, p_after AS agency_id, false AS gone_round, 0 AS turn, false AS begun_only, 0 AS due
          FROM unnest(ARRAY['priority','default','bulk']) AS q(queue)
          UNION ALL
          SELECT last.queue, next.agency_id, next.gone_round, last.turn + least(heads.due, 1), c.mode IS NOT NULL, heads.due
          FROM round last
          CROSS JOIN LATERAL (
            (SELECT r.agency_id, last.gone_round FROM runs r
              WHERE r.state = 'ready' AND r.queue = last.queue AND r.agency_id > last.agency_id
                AND (NOT last.gone_round OR r.agency_id <= p_after)
              ORDER BY r.agency_id, r.first_claimed_at IS NULL, r.run_at LIMIT 1)
            UNION ALL
            (SELECT r.agency_id, true FROM runs r
              WHERE r.state = 'ready' AND r.queue = last.queue AND r.agency_id <= p_after AND NOT last.gone_round
              ORDER BY r.agency_id, r.first_claimed_at IS NULL, r.run_at LIMIT 1)
            LIMIT 1) AS next
          LEFT JOIN queue_controls c ON c.agency_id = next.agency_id AND c.queue = last.queue
          CROSS JOIN LATERAL (
            SELECT count(*)::int AS due FROM (
              SELECT FROM runs d
              WHERE d.state = 'ready' AND d.queue = last.queue AND d.agency_id = next.agency_id AND d.run_at <= now()
                AND d.saga || ':' || d.version = ANY (p_definitions)
                AND c.mode IS DISTINCT FROM 'paused' AND (c.mode IS NULL OR d.first_claimed_at IS NOT NULL)
              ORDER BY d.first_claimed_at IS NULL, d.run_at, d.id LIMIT p_places + p_reserved) AS first) AS heads
          WHERE last.turn < 16),
        due AS (
          SELECT r.queue, r.agency_id, r.begun_only, r.turn, nth, coalesce(h.runs, 0) AS in_hand
          FROM round r LEFT JOIN held h ON h.queue = r.queue AND h.agency_id = r.agency_id
          CROSS JOIN LATERAL generate_series(1, r.due) AS nth),
        in_queue AS (
          SELECT d.*, row_number() OVER (PARTITION BY d.queue ORDER BY d.in_hand + d.nth, d.turn) AS place FROM due d),
        dealt AS (
          SELECT i.*,
            row_number() OVER (ORDER BY (coalesce(q.runs, 0) + i.place - 1)::float8 / queue_weight(i.queue), queue_weight(i.queue) DESC, i.place) AS rank,
            i.queue = 'priority' OR (i.nth = 1 AND i.agency_id NOT IN (SELECT h.agency_id FROM held h)) AS may_use_reserved
          FROM in_queue i LEFT JOIN (SELECT h.queue, sum(h.runs) AS runs FROM held h GROUP BY 1) AS q ON q.queue = i.queue),
        counted AS (
          SELECT d.*, d.rank > p_places AND d.may_use_reserved
              AND count(*) FILTER (WHERE d.rank > p_places AND d.may_use_reserved) OVER (ORDER BY d.rank) <= p_reserved AS in_reserve
          FROM dealt d)
        SELECT d.queue, d.agency_id, bool_or(d.begun_only),
          count(*) FILTER (WHERE d.rank <= p_places)::int, count(*) FILTER (WHERE d.in_reserve)::int
        FROM counted d GROUP BY d.queue, d.agency_id
        -- Who has the most to take comes last, so that it can have what another claim snatches from those before.
        ORDER BY count(*) FILTER (WHERE d.rank <= p_places OR d.in_reserve) = 0, max(d.nth), min(d.rank)
      $$;

    -- Takes due runs for p_places free places, and for p_reserved more that only the queue "priority" and agencies that hold
    -- nothing may have. Database time. Sees across agencies, so it returns nothing but who and which.
    -- Its plans are made once for a session, since making them costs more than the claim; so they must not depend on how
    -- full the table was at that moment, and walk the indexes above whatever the statistics say.
    DROP FUNCTION runs_claim(text, text[], int, int);
    CREATE FUNCTION runs_claim(p_owner text, p_definitions text[], p_lease_ms int, p_places int, p_reserved int DEFAULT 0,
        p_after uuid DEFAULT '00000000-0000-0000-0000-000000000000')
      RETURNS TABLE (agency_id uuid, id uuid, fence bigint)
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off
      AS $$
    #variable_conflict use_column
    DECLARE
      places int := p_places; reserved int := p_reserved; taken tid[] := '{}'; more tid[]; snatched int := 0;
      first record; last record; turn record; hold text;
    BEGIN
      IF EXISTS (SELECT FROM runs w WHERE w.state = 'waiting' AND w.run_at <= now()) THEN
        PERFORM runs_awaken();
      END IF;

      -- What a dead holder left behind goes first.
      IF EXISTS (SELECT FROM runs l WHERE l.state IN ('running','undoing') AND l.lease_until < now()) THEN
        taken := ARRAY(
          SELECT l.ctid FROM runs l
          WHERE l.state IN ('running','undoing') AND l.lease_until < now() AND l.saga || ':' || l.version = ANY (p_definitions)
            AND (places > 0 OR l.queue = 'priority') AND l.no_progress < 2
          ORDER BY l.lease_until LIMIT CASE WHEN places > 0 THEN places ELSE reserved END FOR UPDATE SKIP LOCKED);
        -- One whose process has died twice may be what kills it: it is taken alone, so that it kills no neighbours.
        IF cardinality(taken) = 0 THEN
          taken := ARRAY(
            SELECT l.ctid FROM runs l
            WHERE l.state IN ('running','undoing') AND l.lease_until < now() AND l.saga || ':' || l.version = ANY (p_definitions)
              AND (places > 0 OR l.queue = 'priority') AND l.no_progress >= 2
            ORDER BY l.lease_until LIMIT 1 FOR UPDATE SKIP LOCKED);
          IF cardinality(taken) > 0 THEN places := 0; reserved := 0; END IF;
        END IF;
        IF places > 0 THEN places := places - cardinality(taken); ELSE reserved := greatest(reserved - cardinality(taken), 0); END IF;
      END IF;

      SELECT r.queue, r.agency_id INTO first FROM runs r WHERE r.state = 'ready' ORDER BY r.queue, r.agency_id LIMIT 1;
      SELECT r.queue, r.agency_id INTO last FROM runs r WHERE r.state = 'ready' ORDER BY r.queue DESC, r.agency_id DESC LIMIT 1;
      IF places + reserved > 0 AND first.queue = last.queue AND first.agency_id = last.agency_id THEN
        -- Nobody to be fair to: the same rules, without dealing.
        SELECT c.mode INTO hold FROM queue_controls c WHERE c.agency_id = first.agency_id AND c.queue = first.queue;
        IF first.queue = 'priority' THEN
          places := places + reserved;
        ELSIF places = 0 AND NOT EXISTS (
            SELECT FROM runs h WHERE h.agency_id = first.agency_id AND h.state IN ('running','undoing')) THEN
          places := 1;
        END IF;
        IF places > 0 AND hold IS DISTINCT FROM 'paused' THEN
          taken := taken || runs_lock(p_definitions, first.queue, first.agency_id, hold IS NOT NULL, places);
        END IF;
      ELSIF places + reserved > 0 AND first.queue IS NOT NULL THEN
        FOR turn IN SELECT * FROM runs_deal(p_definitions, places, reserved, p_after) LOOP
          EXIT WHEN turn.places + turn.reserved + snatched = 0;
          more := runs_lock(p_definitions, turn.queue, turn.agency_id, turn.begun_only, turn.places + turn.reserved + snatched);
          snatched := greatest(turn.places + snatched - cardinality(more), 0);
          taken := taken || more;
        END LOOP;
      END IF;

      IF cardinality(taken) > 0 THEN
        RETURN QUERY UPDATE runs r SET
            state = CASE r.direction WHEN 'undo' THEN 'undoing' ELSE 'running' END,
            lease_owner = p_owner, lease_until = clock_timestamp() + p_lease_ms * interval '1 ms', claimed_at = clock_timestamp(),
            fence = r.fence + 1, attempts = r.attempts + 1, no_progress = r.no_progress + 1,
            first_claimed_at = coalesce(r.first_claimed_at, clock_timestamp()), updated_at = clock_timestamp()
          WHERE r.ctid = ANY (taken)
          RETURNING r.agency_id, r.id, r.fence;
      END IF;
    END $$;

    -- Runs that are due and that nobody took: the sweeper rings for them again. One of each agency and queue is enough,
    -- since whoever hears it takes as many as it has places for.
    DROP FUNCTION runs_overdue(int, int);
    CREATE FUNCTION runs_overdue(p_older_ms int, p_limit int)
      RETURNS TABLE (id uuid, fence bigint, queue text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH RECURSIVE heads AS (
          (SELECT r.queue, r.agency_id, r.id, r.fence, r.run_at FROM runs r WHERE r.state = 'ready'
            ORDER BY r.queue, r.agency_id, r.first_claimed_at IS NULL, r.run_at, r.id LIMIT 1)
          UNION ALL
          SELECT next.* FROM heads last CROSS JOIN LATERAL (
            SELECT r.queue, r.agency_id, r.id, r.fence, r.run_at FROM runs r
            WHERE r.state = 'ready' AND (r.queue, r.agency_id) > (last.queue, last.agency_id)
            ORDER BY r.queue, r.agency_id, r.first_claimed_at IS NULL, r.run_at, r.id LIMIT 1) AS next)
        (SELECT h.id, h.fence, h.queue FROM heads h WHERE h.run_at < now() - p_older_ms * interval '1 ms' LIMIT p_limit)
        UNION ALL
        (SELECT r.id, r.fence, r.queue FROM runs r
          WHERE r.state = 'waiting' AND r.run_at < now() - p_older_ms * interval '1 ms' ORDER BY r.run_at LIMIT p_limit)
        UNION ALL
        (SELECT r.id, r.fence, r.queue FROM runs r
          WHERE r.state IN ('running','undoing') AND r.lease_until < now() ORDER BY r.lease_until LIMIT p_limit)
      $$;

    REVOKE ALL ON FUNCTION runs_awaken(), runs_lock(text[], text, uuid, boolean, int), runs_deal(text[], int, int, uuid),
      runs_claim(text, text[], int, int, int, uuid), runs_overdue(int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_claim(text, text[], int, int, int, uuid), runs_overdue(int, int) TO switchyard_app;
    ALTER FUNCTION runs_awaken() OWNER TO switchyard_platform;
    ALTER FUNCTION runs_lock(text[], text, uuid, boolean, int) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_deal(text[], int, int, uuid) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_claim(text, text[], int, int, int, uuid) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_overdue(int, int) OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION runs_claim(text, text[], int, int, int, uuid);
    DROP FUNCTION runs_deal(text[], int, int, uuid);
    DROP FUNCTION runs_lock(text[], text, uuid, boolean, int);
    DROP FUNCTION runs_awaken();
    DROP FUNCTION queue_weight(text);
    CREATE INDEX runs_due ON runs (priority DESC, run_at) WHERE state IN ('ready','waiting');
    DROP INDEX runs_waiting;
    DROP INDEX runs_ready;
    ALTER TABLE runs DROP COLUMN claimed_at;

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
    REVOKE ALL ON FUNCTION runs_claim(text, text[], int, int), runs_overdue(int, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_claim(text, text[], int, int), runs_overdue(int, int) TO switchyard_app;
    ALTER FUNCTION runs_claim(text, text[], int, int) OWNER TO switchyard_platform;
    ALTER FUNCTION runs_overdue(int, int) OWNER TO switchyard_platform;
  `;
}
