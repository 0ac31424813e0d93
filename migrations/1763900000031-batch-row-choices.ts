import { SqlMigration } from './migration.js';

export class BatchRowChoices1763900000031 extends SqlMigration {
  readonly name = 'BatchRowChoices1763900000031';
  readonly phase = 'expand';
  protected readonly upSql = `
    ALTER TABLE batch_rows
      -- the snapshot that a person chose for this row; it stands whatever the file says, and NULL leaves it to the file
      ADD COLUMN choice jsonb,
      -- what came nearest while nothing could be recommended, the best first: [{ id, name, confidence }]
      ADD COLUMN candidates jsonb NOT NULL DEFAULT '[]';
  `;
  protected readonly downSql = `
    ALTER TABLE batch_rows DROP COLUMN candidates, DROP COLUMN choice;
  `;
}
