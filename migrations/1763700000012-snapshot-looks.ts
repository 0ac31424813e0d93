import { SqlMigration } from './migration.js';

export class SnapshotLooks1763700000012 extends SqlMigration {
  readonly name = 'SnapshotLooks1763700000012';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- What HighLevel last said of the loads of one snapshot, for all runs that wait for one of them.
    CREATE TABLE ghl_snapshot_looks (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      snapshot_id text NOT NULL,
      -- by sub-account: { status, startedAt }
      loads jsonb NOT NULL DEFAULT '{}',
      loading int NOT NULL DEFAULT 0,
      -- when the call began that brought this; NULL: nobody has looked yet
      looked_at timestamptz,
      -- lease of the one run that asks
      asker uuid,
      asking_until timestamptz,
      PRIMARY KEY (agency_id, connection_id, snapshot_id),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id) ON DELETE CASCADE
    );
    CALL protect_tenant_table('ghl_snapshot_looks');
  `;
  protected readonly downSql = `
    DROP TABLE ghl_snapshot_looks;
  `;
}
