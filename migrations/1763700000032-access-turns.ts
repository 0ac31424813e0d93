import { SqlMigration } from './migration.js';

/** HighLevel replaces the whole list of a person's sub-accounts: one change at a time, whichever process makes it. */
export class AccessTurns1763700000032 extends SqlMigration {
  readonly name = 'AccessTurns1763700000032';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE ghl_access_turns (
      agency_id uuid NOT NULL,
      connection_id uuid NOT NULL,
      user_id text NOT NULL,
      -- the run whose turn it is: taken up by another process it goes on with its own turn
      owner uuid NOT NULL,
      until timestamptz NOT NULL,
      PRIMARY KEY (agency_id, connection_id, user_id),
      FOREIGN KEY (agency_id, connection_id) REFERENCES ghl_connections (agency_id, id) ON DELETE CASCADE
    );
    CALL protect_tenant_table('ghl_access_turns');
  `;
  protected readonly downSql = `DROP TABLE ghl_access_turns;`;
}
