import { SqlMigration } from './migration.js';

export class Records1763600000005 extends SqlMigration {
  readonly name = 'Records1763600000005';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE audit_heads (
      agency_id uuid PRIMARY KEY REFERENCES agencies(id),
      seq bigint NOT NULL,
      hash bytea NOT NULL
    );
    CALL protect_tenant_table('audit_heads');

    -- Append only: the role that writes it can neither change nor remove a row.
    CREATE TABLE audit_entries (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      seq bigint NOT NULL,
      at timestamptz NOT NULL,
      actor text NOT NULL,
      action text NOT NULL,
      object text,
      outcome text NOT NULL CHECK (outcome IN ('ok','denied','failed')),
      data jsonb NOT NULL DEFAULT '{}',
      prev bytea NOT NULL,
      hash bytea NOT NULL CHECK (octet_length(hash) = 32),
      PRIMARY KEY (agency_id, seq)
    );
    CALL protect_tenant_table('audit_entries');
    REVOKE UPDATE, DELETE ON audit_entries FROM switchyard_app;
    CREATE INDEX audit_entries_object ON audit_entries (agency_id, object, seq DESC);
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$;
    CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE settings (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      key text NOT NULL,
      value jsonb NOT NULL,
      updated_by text NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, key)
    );
    CALL protect_tenant_table('settings');

    -- Answers of creating requests by the caller's key, sealed, so that a repeated request hears the same answer.
    CREATE TABLE idempotency_keys (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      key text NOT NULL,
      route text NOT NULL,
      request_hash text NOT NULL,
      answer text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, key)
    );
    CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
    CALL protect_tenant_table('idempotency_keys');

    -- One data key per agency and generation, wrapped by a key from VAULT_KEYS.
    CREATE TABLE vault_keys (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      kid text NOT NULL,
      wrapped_by text NOT NULL,
      wrapped text NOT NULL,
      state text NOT NULL CHECK (state IN ('added','current','retired')),
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, kid)
    );
    CREATE UNIQUE INDEX vault_keys_current ON vault_keys (agency_id) WHERE state = 'current';
    CALL protect_tenant_table('vault_keys');
  `;
  protected readonly downSql = `
    DROP TABLE vault_keys, idempotency_keys, settings, audit_entries, audit_heads;
    DROP FUNCTION refuse_change();
  `;
}
