import { SqlMigration } from './migration.js';

/** Which key-encryption key wraps now is one fact for all processes, and not the order in each one's VAULT_KEYS. */
export class VaultRing1763700000031 extends SqlMigration {
  readonly name = 'VaultRing1763700000031';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE vault_ring (
      id text PRIMARY KEY,
      -- added: opens, does not wrap yet; former: wrapped before the current one, may still be needed
      state text NOT NULL CHECK (state IN ('added','current','former','retired')),
      -- an HMAC under the key: two processes that mean different keys by one id find out here, and not by failed tags
      check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
      added_at timestamptz NOT NULL DEFAULT now(),
      promoted_at timestamptz,
      retired_at timestamptz
    );
    CREATE UNIQUE INDEX vault_ring_current ON vault_ring ((true)) WHERE state = 'current';
    GRANT SELECT, INSERT, UPDATE ON vault_ring TO switchyard_app;
  `;
  protected readonly downSql = `DROP TABLE vault_ring;`;
}
