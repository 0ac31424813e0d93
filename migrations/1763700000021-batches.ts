import { SqlMigration } from './migration.js';

export class Batches1763700000021 extends SqlMigration {
  readonly name = 'Batches1763700000021';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE batches (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      title text NOT NULL,
      -- what was uploaded: { kind, fileName, encoding, delimiter, bytes }
      source jsonb NOT NULL,
      -- column names of the file, in its order, and what a person said each of them is
      columns text[] NOT NULL,
      mapping jsonb NOT NULL DEFAULT '{}',
      defaults jsonb NOT NULL,
      row_count int NOT NULL,
      phase text NOT NULL CHECK (phase IN ('draft','checking','ready','starting','started','cancelled')),
      paused boolean NOT NULL DEFAULT false,
      -- grows with every change that asks for a new check: what an older check finds is not kept
      revision int NOT NULL DEFAULT 1,
      -- the run that checks or starts it
      work_run_id uuid,
      connection_id uuid,
      checked_at timestamptz,
      locations_read_at timestamptz,
      locations_seen int,
      -- what was shown for each planHash, so that a start with an older one is told what is different
      plans jsonb NOT NULL DEFAULT '[]',
      plan_hash text,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      cancelled_at timestamptz,
      PRIMARY KEY (agency_id, id)
    );
    CREATE INDEX batches_open ON batches (agency_id, id) WHERE phase IN ('checking','starting','started');
    CALL protect_tenant_table('batches');

    CREATE TABLE batch_rows (
      agency_id uuid NOT NULL,
      batch_id uuid NOT NULL,
      -- its place among the rows, and the line of the file on which it begins
      n int NOT NULL,
      line int NOT NULL,
      cells jsonb NOT NULL,
      verdict text NOT NULL DEFAULT 'unchecked' CHECK (verdict IN ('unchecked','ready','warning','problem')),
      excluded boolean NOT NULL DEFAULT false,
      issues jsonb NOT NULL DEFAULT '[]',
      name text,
      email text,
      -- what will be asked of provisioning; NULL while the row cannot be read
      request jsonb,
      snapshot jsonb,
      adopt_location_id text,
      -- of everything above that is done when it starts
      row_hash text,
      company_calls int NOT NULL DEFAULT 0,
      location_calls int NOT NULL DEFAULT 0,
      polls int NOT NULL DEFAULT 0,
      changed_at timestamptz NOT NULL DEFAULT now(),
      run_id uuid,
      PRIMARY KEY (agency_id, batch_id, n),
      FOREIGN KEY (agency_id, batch_id) REFERENCES batches (agency_id, id),
      FOREIGN KEY (agency_id, run_id) REFERENCES runs (agency_id, id)
    );
    CREATE UNIQUE INDEX batch_rows_run ON batch_rows (agency_id, run_id) WHERE run_id IS NOT NULL;
    CALL protect_tenant_table('batch_rows');
  `;
  protected readonly downSql = `
    DROP TABLE batch_rows, batches;
  `;
}
