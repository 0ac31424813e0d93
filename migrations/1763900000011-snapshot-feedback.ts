import { SqlMigration } from './migration.js';

export class SnapshotFeedback1763900000011 extends SqlMigration {
  readonly name = 'SnapshotFeedback1763900000011';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- What an agency chose for a business for which something was recommended. An id that is NULL is none.
    CREATE TABLE snapshot_feedback (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      kind text NOT NULL CHECK (kind IN ('accepted','overridden')),
      -- the business as it was asked about: name, industry, description, services, goals, city, country
      intake jsonb NOT NULL,
      recommended_id text,
      recommended_name text,
      chosen_id text,
      chosen_name text,
      -- of the recommendation, before the agency's threshold was applied
      confidence float8 NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      run_id uuid,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, id),
      FOREIGN KEY (agency_id, run_id) REFERENCES runs (agency_id, id),
      CHECK ((kind = 'accepted') = (chosen_id IS NOT DISTINCT FROM recommended_id))
    );
    CALL protect_tenant_table('snapshot_feedback');
  `;
  protected readonly downSql = `
    DROP TABLE snapshot_feedback;
  `;
}
