import { SqlMigration } from './migration.js';

/** A run is poison when its holders die, not when they are slow. */
export class OutlivedClaims1763900000021 extends SqlMigration {
  readonly name = 'OutlivedClaims1763900000021';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- A claim counts as one without progress until its holder gets further. A holder that lost its lease and lives on takes
    -- that back. It cannot know whether somebody got further meanwhile; then one death fewer is counted than there were.
    -- No fence is asked for: the count belongs to all holders. Locks in the order of runs_save.
    CREATE FUNCTION runs_outlived(p_agencies uuid[], p_ids uuid[]) RETURNS void
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH lost AS MATERIALIZED (
          SELECT r.agency_id, r.id FROM unnest(p_agencies, p_ids) AS mine(agency_id, id)
          JOIN runs r ON r.agency_id = mine.agency_id AND r.id = mine.id
          ORDER BY r.agency_id, r.id FOR NO KEY UPDATE OF r)
        UPDATE runs r SET no_progress = greatest(r.no_progress - 1, 0)
        FROM lost WHERE r.agency_id = lost.agency_id AND r.id = lost.id
      $$;
    REVOKE ALL ON FUNCTION runs_outlived(uuid[], uuid[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION runs_outlived(uuid[], uuid[]) TO switchyard_app;
    ALTER FUNCTION runs_outlived(uuid[], uuid[]) OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION runs_outlived(uuid[], uuid[]);
  `;
}
