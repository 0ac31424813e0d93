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
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CALL protect_tenant_table('outbox');
    CALL open_to_platform('outbox', 'SELECT, DELETE');

    -- Hands out the oldest events and removes them when the caller commits; a crash in between tells them again.
    CREATE FUNCTION outbox_take(p_limit int) RETURNS TABLE (id bigint, agency_id uuid, type text, payload jsonb, attempts int)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH oldest AS (SELECT o.id FROM outbox o ORDER BY o.id LIMIT p_limit FOR UPDATE SKIP LOCKED)
        DELETE FROM outbox o USING oldest WHERE o.id = oldest.id
        RETURNING o.id, o.agency_id, o.type, o.payload, o.attempts
      $$;
    ALTER FUNCTION outbox_take(int) OWNER TO switchyard_platform;
    REVOKE ALL ON FUNCTION outbox_take(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION outbox_take(int) TO switchyard_app;

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
      error jsonb,
      PRIMARY KEY (provider, dedupe_key)
    );
    CREATE INDEX inbox_open ON inbox (received_at) WHERE state = 'new';
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
      AS $$ SELECT i.agency_id, i.provider, i.dedupe_key FROM inbox i WHERE i.state = 'new' ORDER BY i.received_at LIMIT p_limit $$;
    ALTER FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz) OWNER TO switchyard_platform;
    ALTER FUNCTION inbox_claim_account(text, text, uuid) OWNER TO switchyard_platform;
    ALTER FUNCTION inbox_open_events(int) OWNER TO switchyard_platform;
    REVOKE ALL ON FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz), inbox_claim_account(text, text, uuid), inbox_open_events(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz), inbox_claim_account(text, text, uuid), inbox_open_events(int) TO switchyard_app;

    -- The primary key is the lock: of all replicas that fire a slot, one inserts it.
    CREATE TABLE cron_slots (
      name text NOT NULL,
      slot timestamptz NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('fired','skipped')),
      reason text,
      fired_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (name, slot)
    );
    GRANT SELECT, INSERT, DELETE ON cron_slots TO switchyard_app;
  `;
  protected readonly downSql = `
    DROP TABLE cron_slots;
    DROP FUNCTION inbox_open_events(int);
    DROP FUNCTION inbox_claim_account(text, text, uuid);
    DROP FUNCTION inbox_accept(text, text, uuid, text, text, jsonb, timestamptz);
    DROP TABLE inbox;
    DROP FUNCTION outbox_take(int);
    DROP TABLE outbox;
  `;
}
