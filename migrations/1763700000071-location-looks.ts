import { SqlMigration } from './migration.js';

export class LocationLooks1763700000071 extends SqlMigration {
  readonly name = 'LocationLooks1763700000071';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- The newest sub-accounts of a connection as HighLevel last listed them, for all later looks for a second sub-account.
    CREATE TABLE ghl_location_looks (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      -- when the first page was asked for: nothing in this row is older
      looked_at timestamptz NOT NULL,
      -- newest first, side by side; as far back as somebody needed
      ids text[] NOT NULL DEFAULT '{}',
      names text[] NOT NULL DEFAULT '{}',
      -- the list goes back to the first sub-account
      complete boolean NOT NULL DEFAULT false,
      -- lease of the one run that asks
      asker uuid,
      asking_until timestamptz,
      PRIMARY KEY (agency_id, connection_id),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id) ON DELETE CASCADE
    );
    CALL protect_tenant_table('ghl_location_looks');
  `;
  protected readonly downSql = `
    DROP TABLE ghl_location_looks;
  `;
}
