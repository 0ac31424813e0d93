import { SqlMigration } from './migration.js';

export class Identity1763600000002 extends SqlMigration {
  readonly name = 'Identity1763600000002';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE users (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      email text NOT NULL,
      name text NOT NULL,
      role text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
      password_hash text CHECK (password_hash LIKE '$argon2id$%'),
      created_at timestamptz NOT NULL DEFAULT now(),
      disabled_at timestamptz,
      PRIMARY KEY (agency_id, id)
    );
    CREATE UNIQUE INDEX users_email ON users (agency_id, lower(email));
    CALL protect_tenant_table('users');
    CALL open_to_platform('users', 'SELECT');

    -- Only hashes of session tokens, API keys and sign-in links are kept.
    CREATE TABLE sessions (
      agency_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
      token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
      created_at timestamptz NOT NULL DEFAULT now(),
      last_seen_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (agency_id, id),
      FOREIGN KEY (agency_id, user_id) REFERENCES users (agency_id, id) ON DELETE CASCADE
    );
    CREATE INDEX sessions_token ON sessions (token_hash);
    CREATE INDEX sessions_user ON sessions (agency_id, user_id);
    CALL protect_tenant_table('sessions');
    CALL open_to_platform('sessions', 'SELECT');

    CREATE TABLE api_keys (
      agency_id uuid NOT NULL REFERENCES agencies(id), id uuid NOT NULL,
      name text NOT NULL,
      role text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
      prefix text NOT NULL,
      secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
      created_by uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz,
      PRIMARY KEY (agency_id, id)
    );
    CREATE INDEX api_keys_prefix ON api_keys (prefix);
    CALL protect_tenant_table('api_keys');
    CALL open_to_platform('api_keys', 'SELECT');

    CREATE TABLE sign_in_links (
      agency_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
      token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
      expires_at timestamptz NOT NULL, used_at timestamptz,
      PRIMARY KEY (agency_id, id),
      FOREIGN KEY (agency_id, user_id) REFERENCES users (agency_id, id) ON DELETE CASCADE
    );
    CREATE INDEX sign_in_links_token ON sign_in_links (token_hash);
    CALL protect_tenant_table('sign_in_links');
    CALL open_to_platform('sign_in_links', 'SELECT');

    -- Failed sign-ins by hash of account or address; no agency is known before a sign-in succeeds.
    CREATE TABLE login_throttle (
      key bytea PRIMARY KEY,
      failures int NOT NULL,
      window_started_at timestamptz NOT NULL,
      blocked_until timestamptz
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON login_throttle TO switchyard_app;

    CREATE FUNCTION identity_sign_in_candidates(p_email text)
      RETURNS TABLE (agency_id uuid, id uuid, password_hash text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT agency_id, id, password_hash FROM users
            WHERE lower(email) = lower(p_email) AND disabled_at IS NULL AND password_hash IS NOT NULL
            ORDER BY created_at LIMIT 5 $$;
    CREATE INDEX users_sign_in ON users (lower(email), agency_id);

    CREATE FUNCTION identity_session(p_token_hash bytea)
      RETURNS TABLE (agency_id uuid, session_id uuid, user_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT s.agency_id, s.id, s.user_id FROM sessions s WHERE s.token_hash = p_token_hash AND s.expires_at > now() $$;

    CREATE FUNCTION identity_api_key(p_prefix text)
      RETURNS TABLE (agency_id uuid, id uuid, secret_hash bytea)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT agency_id, id, secret_hash FROM api_keys
            WHERE prefix = p_prefix AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) $$;

    CREATE FUNCTION identity_sign_in_link(p_token_hash bytea)
      RETURNS TABLE (agency_id uuid, id uuid, user_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT agency_id, id, user_id FROM sign_in_links
            WHERE token_hash = p_token_hash AND used_at IS NULL AND expires_at > now() $$;

    REVOKE ALL ON FUNCTION identity_sign_in_candidates(text), identity_session(bytea), identity_api_key(text), identity_sign_in_link(bytea) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION identity_sign_in_candidates(text), identity_session(bytea), identity_api_key(text), identity_sign_in_link(bytea) TO switchyard_app;
    ALTER FUNCTION identity_sign_in_candidates(text) OWNER TO switchyard_platform;
    ALTER FUNCTION identity_session(bytea) OWNER TO switchyard_platform;
    ALTER FUNCTION identity_api_key(text) OWNER TO switchyard_platform;
    ALTER FUNCTION identity_sign_in_link(bytea) OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION identity_sign_in_link(bytea);
    DROP FUNCTION identity_api_key(text);
    DROP FUNCTION identity_session(bytea);
    DROP FUNCTION identity_sign_in_candidates(text);
    DROP TABLE login_throttle, sign_in_links, api_keys, sessions, users;
  `;
}
