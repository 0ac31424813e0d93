import { createTestDatabase, type TestDatabase } from '../../backend/test/database.js';
import { refusalOf, superuserUrl, withConnection } from '../support/database-session.js';

/** Tables that hold nothing of one agency, and why that is so. */
const tablesWithoutAgency: Record<string, string> = {
  agencies: 'the agencies themselves; walled by their id',
  login_throttle: 'counts attempts before anybody is known; holds hashes only',
  cron_slots: 'one row per tick of the whole cluster',
  processes: 'which processes run the product; nothing of their work but a count',
  vault_ring: 'ids of the key-encryption keys of the whole installation, and which of them wraps; no keys',
  migrations: 'what the owner did to the schema; the application may read it and say whether it is behind',
};

/** What sees across agencies. Each was read: it returns who and which, and takes nothing that widens it. */
const definerFunctions = [
  'ghl_agency_of_company(text)',
  'ghl_breakers_open()',
  'ghl_refresh_due(integer)',
  'identity_api_key(text)',
  'identity_session(bytea)',
  'identity_sign_in_candidates(text)',
  'identity_sign_in_link(bytea)',
  'inbox_accept(text,text,uuid,text,text,jsonb,timestamp with time zone)',
  'inbox_claim_account(text,text,uuid)',
  'inbox_open_events(integer)',
  'outbox_put_off(bigint,integer)',
  'outbox_take(integer,integer)',
  'outbox_told(bigint[])',
  'platform_agencies()',
  'runs_claim(text,text[],integer,integer,integer,uuid)',
  'runs_heartbeat(text,uuid[],uuid[],bigint[],integer)',
  'runs_outlived(uuid[],uuid[])',
  'runs_overdue(integer,integer)',
  'vault_ring_keys_in_use()',
];

/** What switchyard_platform may do to whole tables, for those functions. */
const platformRights: Record<string, string> = {
  agencies: 'SELECT',
  api_keys: 'SELECT',
  ghl_breakers: 'SELECT',
  ghl_connections: 'SELECT',
  inbox: 'INSERT,SELECT,UPDATE',
  outbox: 'DELETE,SELECT,UPDATE',
  queue_controls: 'SELECT',
  runs: 'SELECT,UPDATE',
  sessions: 'SELECT',
  sign_in_links: 'SELECT',
  users: 'SELECT',
  vault_keys: 'SELECT of wrapped_by',
};

/** Unique without the agency: another agency's row can be felt through them, so each needs a reason. */
const uniqueWithoutAgency: Record<string, string> = {
  outbox_pkey: 'a number that the database counts up; nobody chooses it',
  inbox_pkey: "the key begins with the connection's id, or with the provider's own event id while nobody owns it",
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const catalogue = <Row>(sql: string, parameters: unknown[] = []) =>
  withConnection(
    superuserUrl(database.name),
    async (superuser) => (await superuser.query(sql, parameters)).rows as Row[],
  );

describe('roles', () => {
  it('are no superusers, bypass nothing, create nothing and inherit nothing', async () => {
    const rows = await catalogue(
      `SELECT rolname AS role, rolcanlogin AS login, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit AS power
       FROM pg_roles WHERE rolname LIKE 'switchyard%' ORDER BY 1`,
    );
    expect(rows).toEqual([
      { role: 'switchyard_app', login: true, power: false },
      { role: 'switchyard_owner', login: true, power: false },
      { role: 'switchyard_platform', login: false, power: false },
    ]);
  });

  it('are members of nothing, but for the owner who may hand functions to the platform', async () => {
    const rows = await catalogue(
      `SELECT m.member::regrole::text AS member, m.roleid::regrole::text AS of, m.inherit_option AS inherits, m.admin_option AS admin
       FROM pg_auth_members m WHERE m.member::regrole::text LIKE 'switchyard%'`,
    );
    expect(rows).toEqual([{ member: 'switchyard_owner', of: 'switchyard_platform', inherits: false, admin: false }]);
  });

  it('leave the application with limits on how long it waits', async () => {
    const [{ limits }] = await catalogue<{ limits: string[] }>(
      `SELECT rolconfig AS limits FROM pg_roles WHERE rolname = 'switchyard_app'`,
    );
    expect(limits.sort()).toEqual([
      'idle_in_transaction_session_timeout=10s',
      'lock_timeout=3s',
      'statement_timeout=15s',
    ]);
  });

  it('leave the application as owner of nothing, and the platform as owner of functions only', async () => {
    const rows = await catalogue(
      `SELECT DISTINCT o.rolname AS owner, s.classid::regclass::text AS kind FROM pg_shdepend s JOIN pg_roles o ON o.oid = s.refobjid
       WHERE s.deptype = 'o' AND o.rolname IN ('switchyard_app', 'switchyard_platform')
         AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(rows).toEqual([{ owner: 'switchyard_platform', kind: 'pg_proc' }]);
  });
});

describe('tables', () => {
  it('with an agency are walled for everybody, their owner included', async () => {
    const open = await catalogue<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency_id'
       WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
    const walled = await catalogue<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'`,
    );
    expect(walled.length).toBeGreaterThanOrEqual(20);
  });

  it('have one policy for all commands, checked for reading and writing, and a second one for the platform alone', async () => {
    const policies = await catalogue<Record<'table' | 'name' | 'using' | 'check' | 'roles' | 'command', string>>(
      `SELECT tablename AS table, policyname AS name, qual AS using, with_check AS check, roles::text AS roles, cmd AS command
       FROM pg_policies WHERE schemaname = 'public' AND permissive = 'PERMISSIVE' ORDER BY 1, 2`,
    );
    const walled = await catalogue<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relrowsecurity AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const tenant = policies.filter(({ name }) => name === 'tenant');
    expect(tenant.map(({ table }) => table)).toEqual(walled.map(({ name }) => name));
    for (const policy of tenant) {
      const rule = `(${policy.table === 'agencies' ? 'id' : 'agency_id'} = current_agency())`;
      expect(policy).toEqual({ ...policy, using: rule, check: rule, roles: '{public}', command: 'ALL' });
    }
    const others = policies.filter(({ name }) => name !== 'tenant');
    for (const policy of others) expect(policy).toMatchObject({ name: 'platform', roles: '{switchyard_platform}' });
    expect(others.map(({ table }) => table)).toEqual(Object.keys(platformRights));
  });

  it('without an agency are on a list with reasons', async () => {
    const rows = await catalogue<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'agency_id')`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(tablesWithoutAgency).sort());
  });

  it('give the platform no more than its functions need, and the application nothing but rows', async () => {
    const whole = await catalogue<{ table: string; rights: string }>(
      `SELECT table_name AS table, string_agg(privilege_type, ',' ORDER BY privilege_type) AS rights
       FROM information_schema.role_table_grants WHERE grantee = 'switchyard_platform' GROUP BY 1`,
    );
    const parts = await catalogue<{ table: string; rights: string }>(
      `SELECT c.oid::regclass::text AS table, x.privilege_type || ' of ' || a.attname AS rights FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) x
       WHERE x.grantee = 'switchyard_platform'::regrole`,
    );
    expect(Object.fromEntries([...whole, ...parts].map((row) => [row.table, row.rights]))).toEqual(platformRights);
    const app = await catalogue<{ table: string; rights: string[] }>(
      `SELECT table_name AS table, array_agg(privilege_type::text) AS rights
       FROM information_schema.role_table_grants WHERE grantee IN ('switchyard_app', 'PUBLIC') AND table_schema = 'public' GROUP BY 1`,
    );
    const rightsOn = Object.fromEntries(app.map(({ table, rights }) => [table, rights.sort().join()]));
    expect(Object.values(rightsOn).filter((rights) => !/^(DELETE,)?(INSERT,)?SELECT(,UPDATE)?$/.test(rights))).toEqual(
      [],
    );
    expect(rightsOn).toMatchObject({ audit_entries: 'INSERT,SELECT', migrations: 'SELECT' });
  });

  it('are not looked at through views, materialized views or foreign tables', async () => {
    const rows = await catalogue(
      `SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace
         AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)`,
    );
    expect(rows).toEqual([]);
  });
});

describe('functions', () => {
  it('that see across agencies are on the list, owned by the platform, with a pinned search_path', async () => {
    const rows = await catalogue<{ name: string; owner: string; settings: string[] }>(
      `SELECT p.oid::regprocedure::text AS name, p.proowner::regrole::text AS owner, p.proconfig AS settings
       FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(definerFunctions);
    // How a function is planned is its own affair; where its names are looked up is not.
    const planning = /^(plan_cache_mode|enable_\w+|jit)=/;
    for (const { name, owner, settings } of rows)
      expect([name, owner, ...settings.filter((setting) => !planning.test(setting))]).toEqual([
        name,
        'switchyard_platform',
        'search_path=public, pg_temp',
      ]);
  });

  it('that see across agencies may be called by the application, and not by everybody', async () => {
    const rows = await catalogue<{ name: string; callers: string[] }>(
      `SELECT p.oid::regprocedure::text AS name,
         array_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END ORDER BY 1)
           FILTER (WHERE a.grantee <> p.proowner) AS callers
       FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
       WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace GROUP BY p.oid`,
    );
    for (const { name, callers } of rows) expect([name, callers]).toEqual([name, ['switchyard_app']]);
  });

  it('of the platform run nothing that others can put in their way', async () => {
    const rows = await catalogue(
      `SELECT 1 FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
       WHERE n.nspname = 'public' AND a.privilege_type = 'CREATE' AND (a.grantee = 0 OR a.grantee::regrole::text = 'switchyard_app')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('keys', () => {
  it('are unique within an agency, but for those on a list with reasons', async () => {
    const rows = await catalogue<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_attribute t ON t.attrelid = i.indrelid AND t.attname = 'agency_id'
       WHERE i.indisunique AND NOT t.attnum = ANY (i.indkey) AND i.indrelid::regclass::text NOT LIKE 'pg\\_%'`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(uniqueWithoutAgency).sort());
  });

  it('of other tables are referred to together with the agency', async () => {
    const rows = await catalogue<{ name: string }>(
      `SELECT c.conrelid::regclass || '.' || c.conname AS name FROM pg_constraint c
       JOIN pg_attribute t ON t.attrelid = c.conrelid AND t.attname = 'agency_id'
       WHERE c.contype = 'f' AND NOT t.attnum = ANY (c.conkey)`,
    );
    expect(rows).toEqual([]);
  });
});

describe('switchyard_app', () => {
  const forbidden: [what: string, sql: string][] = [
    ['make a table', 'CREATE TABLE public.mine (id int)'],
    ['make a temporary table', 'CREATE TEMP TABLE mine (id int)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    ['make a function', 'CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'],
    ['make a role', 'CREATE ROLE mine'],
    ['make an extension', 'CREATE EXTENSION pg_trgm'],
    ['empty a table', 'TRUNCATE users'],
    ['change a table', 'ALTER TABLE users DISABLE ROW LEVEL SECURITY'],
    ['drop a policy', 'DROP POLICY tenant ON users'],
    ['switch a trigger off', 'ALTER TABLE audit_entries DISABLE TRIGGER ALL'],
    ['drop a table', 'DROP TABLE users'],
    ['become the owner', 'SET ROLE switchyard_owner'],
    ['become the platform', 'SET ROLE switchyard_platform'],
    ['become somebody else', 'SET SESSION AUTHORIZATION switchyard_owner'],
    ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['read a file', `COPY login_throttle FROM '/etc/passwd'`],
    ['read a file by function', `SELECT pg_read_file('/etc/passwd')`],
    ['see password hashes of roles', 'SELECT rolpassword FROM pg_authid'],
    ['replay without triggers', `SET session_replication_role = 'replica'`],
    ['change an audit entry', `UPDATE audit_entries SET actor = 'x'`],
    ['remove an audit entry', 'DELETE FROM audit_entries'],
    ['remove an agency', 'DELETE FROM agencies'],
    ['pretend that it migrated', `INSERT INTO migrations (timestamp, name) VALUES (1, 'x')`],
  ];

  it.each(forbidden)('cannot %s', async (_what, sql) => {
    await withConnection(database.appUrl, async (app) => {
      await app.query('BEGIN');
      expect(await refusalOf(app, sql)).toBe('42501');
    });
  });
});

it('refuses even the owner a look at rows without an agency, and every change of the audit trail', async () => {
  await withConnection(database.ownerUrl, async (owner) => {
    await owner.query('BEGIN');
    const agency = '01a1f8d0-1c6d-75a3-829b-1ac77f7fb786';
    await owner.query(`SELECT set_config('app.agency_id', $1, true)`, [agency]);
    await owner.query(`INSERT INTO agencies (id, name) VALUES ($1, 'Acme')`, [agency]);
    await owner.query(
      `INSERT INTO audit_entries (agency_id, seq, at, actor, action, outcome, prev, hash) VALUES ($1, 1, now(), 'x', 'x', 'ok', '', sha256('x'))`,
      [agency],
    );
    for (const change of [
      'UPDATE audit_entries SET actor = $$y$$',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
    ])
      expect([change, await refusalOf(owner, change)]).toEqual([change, 'P0001']);
    await owner.query(`SELECT set_config('app.agency_id', '', true)`);
    expect((await owner.query('SELECT * FROM agencies')).rows).toEqual([]);
  });
});
