import { SqlMigration } from './migration.js';

export class EngineEvents1763600000004 extends SqlMigration {
  readonly name = 'EngineEvents1763600000004';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- What happened, written with the change itself and told after the commit.
    CREATE TABLE outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      agency_id uuid NOT NULL REFERENCES agencies(id),
      type text NOT NULL,
      payload jsonb NOT NULL,
      attempts int NOT NULL DEFAULT 0,
      -- 'infinity': it was tried often enough, a person has to look
      tell_at timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX outbox_due ON outbox (tell_at, id);
    CALL protect_tenant_table('outbox');
    CALL open_to_platform('outbox', 'SELECT, UPDATE, DELETE');

    -- Hands out the oldest events and hides them for a while: a teller that dies in between is followed by another.
    CREATE FUNCTION outbox_take(p_limit int, p_hide_ms int) RETURNS TABLE (id bigint, agency_id uuid, type text, payload jsonb, attempts int)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH oldest AS MATERIALIZED (
          SELECT o.id FROM outbox o WHERE o.tell_at <= now() ORDER BY o.tell_at, o.id LIMIT p_limit FOR UPDATE SKIP LOCKED)
        UPDATE outbox o SET tell_at = now() + p_hide_ms * interval '1 ms', attempts = o.attempts + 1
        FROM oldest WHERE o.id = oldest.id
        RETURNING o.id, o.agency_id, o.type, o.payload, o.attempts
      $$;
    CREATE FUNCTION outbox_told(p_ids bigint[]) RETURNS void
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ DELETE FROM outbox WHERE id = ANY (p_ids) $$;
    -- NULL: for good.
    CREATE FUNCTION outbox_put_off(p_id bigint, p_ms int) RETURNS void
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ UPDATE outbox SET tell_at = coalesce(now() + p_ms * interval '1 ms', 'infinity') WHERE id = p_id $$;
    REVOKE ALL ON FUNCTION outbox_take(int, int), outbox_told(bigint[]), outbox_put_off(bigint, int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION outbox_take(int, int), outbox_told(bigint[]), outbox_put_off(bigint, int) TO switchyard_app;
    ALTER FUNCTION outbox_take(int, int) OWNER TO switchyard_platform;
    ALTER FUNCTION outbox_told(bigint[]) OWNER TO switchyard_platform;
    ALTER FUNCTION outbox_put_off(bigint, int) OWNER TO switchyard_platform;

    -- Events that providers sent us. Stored before they are answered, accepted once, even when no agency is known yet.
    CREATE TABLE inbox (
      provider text NOT NULL,
      dedupe_key text NOT NULL,
      agency_id uuid REFERENCES agencies(id),
      account text,
      type text NOT NULL,
      payload jsonb NOT NULL,
      occurred_at timestamptz,
      received_at timestamptz NOT NULL DEFAULT now(),
      state text NOT NULL DEFAULT 'new' CHECK (state IN ('new','done','failed','unclaimed')),
      attempts int NOT NULL DEFAULT 0,
      try_at timestamptz NOT NULL DEFAULT now(),
      error jsonb,
      PRIMARY KEY (provider, dedupe_key)
    );
    CREATE INDEX inbox_open ON inbox (try_at) WHERE state = 'new';
    CREATE INDEX inbox_account ON inbox (provider, account) WHERE state = 'unclaimed';
    CREATE INDEX inbox_type ON inbox (agency_id, provider, type, received_at);
    CALL protect_tenant_table('inbox');
    CALL open_to_platform('inbox', 'SELECT, INSERT, UPDATE');

    -- true: stored now; false: known already.
    CREATE FUNCTION inbox_accept(p_provider text, p_key text, p_agency uuid, p_account text, p_type text, p_payload jsonb, p_occurred_at timestamptz)
      RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH stored AS (
          INSERT INTO inbox (provider, dedupe_key, agency_id, account, type, payload, occurred_at, state)
          VALUES (p_provider, p_key, p_agency, p_account, p_type, p_payload, p_occurred_at, CASE WHEN p_agency IS NULL THEN 'unclaimed' ELSE 'new' END)
          ON CONFLICT DO NOTHING RETURNING 1)
        SELECT EXISTS (SELECT 1 FROM stored)
      $$;
    -- Events that arrived before the connection they belong to.
    CREATE FUNCTION inbox_claim_account(p_provider text, p_account text, p_agency uuid)
      RETURNS int LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH claimed AS (UPDATE inbox SET agency_id = p_agency, state = 'new'
          WHERE provider = p_provider AND account = p_account AND state = 'unclaimed' RETURNING 1)
        SELECT count(*)::int FROM claimed
      $$;
    CREATE FUNCTION inbox_open_events(p_limit int) RETURNS TABLE (agency_id uuid, provider text, dedupe_key text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT i.agency_id, i.provider, i.dedupe_key FROM inbox i WHERE i.state = 'new' AND i.try_at <= now() ORDER BY i.try_at LIMIT p_limit $$;
    REVOKE ALL ON FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz), inbox_claim_account(text, text, uuid), inbox_open_events(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz), inbox_claim_account(text, text, uuid), inbox_open_events(int) TO switchyard_app;
    ALTER FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz) OWNER TO switchyard_platform;
    ALTER FUNCTION inbox_claim_account(text, text, uuid) OWNER TO switchyard_platform;
    ALTER FUNCTION inbox_open_events(int) OWNER TO switchyard_platform;

    -- The primary key is the lock: of all replicas that fire a slot, one inserts it.
    CREATE TABLE cron_slots (
      name text NOT NULL,
      slot timestamptz NOT NULL,
      -- 'firing' that grows old: its process ended in the middle, another one fires it again
      outcome text NOT NULL CHECK (outcome IN ('firing','fired','skipped','failed')),
      reason text,
      fired_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (name, slot)
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON cron_slots TO switchyard_app;
  `;
  protected readonly downSql = `
    DROP TABLE cron_slots;
    DROP FUNCTION inbox_open_events(int);
    DROP FUNCTION inbox_claim_account(text, text, uuid);
    DROP FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz);
    DROP TABLE inbox;
    DROP FUNCTION outbox_put_off(bigint, int);
    DROP FUNCTION outbox_told(bigint[]);
    DROP FUNCTION outbox_take(int, int);
    DROP TABLE outbox;
  `;
}
