import { SqlMigration } from './migration.js';

export class SnapshotOpinions1763900000001 extends SqlMigration {
  readonly name = 'SnapshotOpinions1763900000001';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- What a language model answered, so that the same is not asked twice. No word of an intake is in it.
    CREATE TABLE snapshot_opinions (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      -- sha256 of the intake as it was shown, the version of the library, the snapshots that were shown, and the model
      question bytea NOT NULL CHECK (length(question) = 32),
      model text NOT NULL,
      -- the snapshot; NULL: none fits, or there was no answer
      choice text,
      confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      -- why there was no answer
      failure text,
      asked_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, question)
    );
    CREATE INDEX snapshot_opinions_age ON snapshot_opinions (agency_id, asked_at);
    CALL protect_tenant_table('snapshot_opinions');

    -- How often models were asked for an agency on a day of UTC.
    CREATE TABLE model_calls (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      day date NOT NULL,
      calls int NOT NULL CHECK (calls > 0),
      PRIMARY KEY (agency_id, day)
    );
    CALL protect_tenant_table('model_calls');
  `;
  protected readonly downSql = `
    DROP TABLE snapshot_opinions, model_calls;
  `;
}
