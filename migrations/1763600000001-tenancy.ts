import { SqlMigration } from './migration.js';

export class Tenancy1763600000001 extends SqlMigration {
  readonly name = 'Tenancy1763600000001';
  readonly phase = 'expand';
  protected readonly upSql = `
    -- Owning a function in a schema takes this right; nobody can log in as the role to use it otherwise.
    GRANT CREATE ON SCHEMA public TO switchyard_platform;

    -- The agency of this transaction; NULL (and so no row) when none was set.
    CREATE FUNCTION current_agency() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
      AS $$ SELECT nullif(current_setting('app.agency_id', true), '')::uuid $$;

    -- Every table with agency_id passes through here: row-level security that binds its owner too.
    CREATE PROCEDURE protect_tenant_table(target regclass) LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
      EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
      EXECUTE format('CREATE POLICY tenant ON %s USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency())', target);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO switchyard_app', target);
    END $$;

    -- The few reviewed functions that see across agencies are owned by switchyard_platform, a role nobody can log in as.
    CREATE PROCEDURE open_to_platform(target regclass, privileges text) LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE format('CREATE POLICY platform ON %s TO switchyard_platform USING (true) WITH CHECK (true)', target);
      EXECUTE format('GRANT %s ON %s TO switchyard_platform', privileges, target);
    END $$;

    CREATE TABLE agencies (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL DEFAULT now()
    );
    ALTER TABLE agencies ENABLE ROW LEVEL SECURITY;
    ALTER TABLE agencies FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON agencies USING (id = current_agency()) WITH CHECK (id = current_agency());
    GRANT SELECT, INSERT, UPDATE ON agencies TO switchyard_app;
    CALL open_to_platform('agencies', 'SELECT');

    CREATE FUNCTION platform_agencies() RETURNS TABLE (id uuid, name text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT id, name FROM agencies ORDER BY created_at, id $$;
    REVOKE ALL ON FUNCTION platform_agencies() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION platform_agencies() TO switchyard_app;
    ALTER FUNCTION platform_agencies() OWNER TO switchyard_platform;
  `;
  protected readonly downSql = `
    DROP FUNCTION platform_agencies();
    DROP TABLE agencies;
    DROP PROCEDURE open_to_platform(regclass, text);
    DROP PROCEDURE protect_tenant_table(regclass);
    DROP FUNCTION current_agency();
    REVOKE CREATE ON SCHEMA public FROM switchyard_platform;
  `;
}
