import { SqlMigration } from './migration.js';

/** Who is there: one row a process, written by itself, on database time. */
export class Processes1763700000002 extends SqlMigration {
  readonly name = 'Processes1763700000002';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE processes (
      -- the same name as in runs.lease_owner
      id text PRIMARY KEY,
      kind text NOT NULL CHECK (kind IN ('api','worker','embedded')),
      host text NOT NULL,
      pid int NOT NULL,
      version text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      beat_at timestamptz NOT NULL DEFAULT now(),
      -- how many runs it carries at once, and how many it carries now; an api carries none
      concurrency int NOT NULL DEFAULT 0,
      carrying int NOT NULL DEFAULT 0,
      draining boolean NOT NULL DEFAULT false,
      -- ids of the key-encryption keys that it can open; ids, not keys
      vault_keys text[] NOT NULL DEFAULT '{}'
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON processes TO switchyard_app;
  `;
  protected readonly downSql = `DROP TABLE processes;`;
}
