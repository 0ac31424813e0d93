import { Client } from 'pg';
import type { TestPostgresLogin } from '../../backend/test/database.js';

/** One connection of its own, closed afterwards. */
export async function withConnection<Result>(url: string, act: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

/** The superuser's login to a database of this run: sees everything, whoever owns it. */
export function superuserUrl(database: string): string {
  const login = JSON.parse(process.env.SWITCHYARD_TEST_POSTGRES!) as TestPostgresLogin;
  const url = new URL(login.superuserUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Tables whose rows belong to an agency, with the column that says to which. */
export async function tenantTables(client: Client): Promise<{ name: string; column: string }[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'agency_id' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  );
  return [{ name: 'agencies', column: 'id' }, ...rows.map(({ name }) => ({ name, column: 'agency_id' }))];
}

/** Every row of an agency as text, table by table: equal before and after means that nothing of it changed. */
export async function rowsOf(client: Client, tenant: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, column } of await tenantTables(client)) {
    const { rows } = await client.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${name} t WHERE ${column} = $1 ORDER BY 1`,
      [tenant],
    );
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

/** The error code of a statement that must not succeed; undefined when it did. */
export async function refusalOf(client: Client, sql: string, parameters: unknown[] = []): Promise<string | undefined> {
  await client.query('SAVEPOINT attempt');
  try {
    await client.query(sql, parameters);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT attempt');
  }
}
