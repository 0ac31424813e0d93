import { SqlMigration } from './migration.js';

export class SnapshotLoads1763900000012 extends SqlMigration {
  readonly name = 'SnapshotLoads1763900000012';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- Which run loads which snapshot; how far it is, its run tells.
    CREATE TABLE snapshot_loads (
      agency_id uuid NOT NULL,
      snapshot_id text NOT NULL,
      run_id uuid NOT NULL,
      PRIMARY KEY (agency_id, snapshot_id, run_id),
      FOREIGN KEY (agency_id, run_id) REFERENCES runs (agency_id, id)
    );
    CALL protect_tenant_table('snapshot_loads');
  `;
  protected readonly downSql = `
    DROP TABLE snapshot_loads;
  `;
}
