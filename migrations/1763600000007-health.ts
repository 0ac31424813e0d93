import { SqlMigration } from './migration.js';

/** What a process asks before it says that it is ready. */
export class Health1763600000007 extends SqlMigration {
  readonly name = 'Health1763600000007';
  readonly phase = 'expand';
  protected readonly upSql = `
    GRANT SELECT ON migrations TO switchyard_app;

    -- Ids of the key-encryption keys without which stored secrets cannot be opened. Ids, not keys.
    CREATE POLICY platform ON vault_keys FOR SELECT TO switchyard_platform USING (true);
    GRANT SELECT (wrapped_by) ON vault_keys TO switchyard_platform;
    CREATE FUNCTION vault_ring_keys_in_use() RETURNS TABLE (id text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT DISTINCT wrapped_by FROM vault_keys $$;
    REVOKE ALL ON FUNCTION vault_ring_keys_in_use() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION vault_ring_keys_in_use() TO switchyard_app;
    ALTER FUNCTION vault_ring_keys_in_use() OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION vault_ring_keys_in_use();
    REVOKE SELECT (wrapped_by) ON vault_keys FROM switchyard_platform;
    DROP POLICY platform ON vault_keys;
    REVOKE SELECT ON migrations FROM switchyard_app;
  `;
}
