import { SqlMigration } from './migration.js';

export class SnapshotLoadsByRun1763900000013 extends SqlMigration {
  readonly name = 'SnapshotLoadsByRun1763900000013';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- A run loads one snapshot. Found by its run, counting loads is quick even before the table's statistics are there.
    ALTER TABLE snapshot_loads DROP CONSTRAINT snapshot_loads_pkey, ADD PRIMARY KEY (agency_id, run_id);
    CREATE INDEX snapshot_loads_by_snapshot ON snapshot_loads (agency_id, snapshot_id, run_id);
  `;
  protected readonly downSql = `
    DROP INDEX snapshot_loads_by_snapshot;
    ALTER TABLE snapshot_loads DROP CONSTRAINT snapshot_loads_pkey, ADD PRIMARY KEY (agency_id, snapshot_id, run_id);
  `;
}
