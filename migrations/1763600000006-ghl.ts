import { SqlMigration } from './migration.js';

export class Ghl1763600000006 extends SqlMigration {
  readonly name = 'Ghl1763600000006';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE ghl_connections (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      company_id text NOT NULL,
      company_name text NOT NULL,
      holder text NOT NULL CHECK (holder IN ('Company','Location')),
      location_id text,
      status text NOT NULL CHECK (status IN ('active','reconnect','disconnected')),
      status_reason text,
      scopes text[] NOT NULL,
      install_to_future_locations boolean,
      -- sealed cells; a refresh never overwrites a good token with an empty one
      access_cell text NOT NULL CHECK (length(access_cell) > 40),
      refresh_cell text NOT NULL CHECK (length(refresh_cell) > 40),
      previous_refresh_cell text,
      access_expires_at timestamptz NOT NULL,
      refresh_due_at timestamptz NOT NULL,
      -- lease of the one process that may refresh now
      generation bigint NOT NULL DEFAULT 1,
      refresh_owner text,
      refresh_until timestamptz,
      connected_by text NOT NULL,
      connected_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, id)
    );
    CREATE UNIQUE INDEX ghl_connections_company ON ghl_connections (agency_id, company_id);
    CREATE INDEX ghl_connections_by_company ON ghl_connections (company_id);
    CREATE INDEX ghl_connections_due ON ghl_connections (refresh_due_at) WHERE status = 'active';
    CALL protect_tenant_table('ghl_connections');
    CALL open_to_platform('ghl_connections', 'SELECT');

    CREATE FUNCTION ghl_agency_of_company(p_company_id text) RETURNS TABLE (agency_id uuid, connection_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT c.agency_id, c.id FROM ghl_connections c WHERE c.company_id = p_company_id AND c.status <> 'disconnected'
            ORDER BY c.connected_at LIMIT 50 $$;
    CREATE FUNCTION ghl_refresh_due(p_limit int) RETURNS TABLE (agency_id uuid, connection_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT c.agency_id, c.id FROM ghl_connections c WHERE c.status = 'active' AND c.refresh_due_at <= now()
            ORDER BY c.refresh_due_at LIMIT p_limit $$;
    REVOKE ALL ON FUNCTION ghl_agency_of_company(text), ghl_refresh_due(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ghl_agency_of_company(text), ghl_refresh_due(int) TO switchyard_app;
    ALTER FUNCTION ghl_agency_of_company(text) OWNER TO switchyard_platform;
    ALTER FUNCTION ghl_refresh_due(int) OWNER TO switchyard_platform;

    CREATE TABLE ghl_location_tokens (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      location_id text NOT NULL,
      access_cell text NOT NULL CHECK (length(access_cell) > 40),
      access_expires_at timestamptz NOT NULL,
      PRIMARY KEY (agency_id, connection_id, location_id),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id) ON DELETE CASCADE
    );
    CALL protect_tenant_table('ghl_location_tokens');

    CREATE TABLE oauth_states (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      state_hash bytea NOT NULL CHECK (octet_length(state_hash) = 32),
      session_id uuid NOT NULL,
      expires_at timestamptz NOT NULL,
      used_at timestamptz,
      PRIMARY KEY (agency_id, state_hash)
    );
    CALL protect_tenant_table('oauth_states');

    CREATE TABLE snapshots (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      id text NOT NULL,
      name text NOT NULL,
      type text NOT NULL CHECK (type IN ('own','imported')),
      seen_at timestamptz NOT NULL,
      gone_at timestamptz,
      -- what the agency knows and the vendor does not tell
      vertical text,
      language text,
      description text,
      contents text[] NOT NULL DEFAULT '{}',
      custom_values text[] NOT NULL DEFAULT '{}',
      annotated_by text,
      annotated_at timestamptz,
      PRIMARY KEY (agency_id, connection_id, id),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id)
    );
    CALL protect_tenant_table('snapshots');

    CREATE TABLE provisioning_plans (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      plan_hash text NOT NULL,
      request jsonb NOT NULL,
      plan jsonb NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      run_id uuid,
      PRIMARY KEY (agency_id, id),
      FOREIGN KEY (agency_id, run_id) REFERENCES runs (agency_id, id)
    );
    CREATE INDEX provisioning_plans_hash ON provisioning_plans (agency_id, plan_hash, created_at DESC);
    CREATE INDEX provisioning_plans_run ON provisioning_plans (agency_id, run_id);
    CALL protect_tenant_table('provisioning_plans');
  `;
  protected readonly downSql = `
    DROP TABLE provisioning_plans, snapshots, oauth_states, ghl_location_tokens;
    DROP FUNCTION ghl_refresh_due(int);
    DROP FUNCTION ghl_agency_of_company(text);
    DROP TABLE ghl_connections;
  `;
}
