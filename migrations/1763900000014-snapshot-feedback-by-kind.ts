import { SqlMigration } from './migration.js';

export class SnapshotFeedbackByKind1763900000014 extends SqlMigration {
  readonly name = 'SnapshotFeedbackByKind1763900000014';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- The newest of each kind: overrides are few, and would else be looked for among all that was accepted.
    CREATE INDEX snapshot_feedback_by_kind ON snapshot_feedback (agency_id, kind, id);
  `;
  protected readonly downSql = `
    DROP INDEX snapshot_feedback_by_kind;
  `;
}
