import { SqlMigration } from './migration.js';

/** When HighLevel refused calls although we count them: people see it, and so do we. */
export class GhlRateIncidents1763700000051 extends SqlMigration {
  readonly name = 'GhlRateIncidents1763700000051';
  readonly phase = 'expand';
  protected readonly upSql = `
    CREATE TABLE ghl_rate_incidents (
      agency_id uuid NOT NULL REFERENCES agencies(id),
      id uuid NOT NULL,
      connection_id uuid NOT NULL,
      -- null: the agency's own budget
      location_id text,
      -- calls in a window that were allowed after it
      limit_after int NOT NULL,
      paused_ms int NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (agency_id, id)
    );
    CREATE INDEX ghl_rate_incidents_recent ON ghl_rate_incidents (agency_id, at);
    CALL protect_tenant_table('ghl_rate_incidents');
  `;
  protected readonly downSql = `DROP TABLE ghl_rate_incidents;`;
}
