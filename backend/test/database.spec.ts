import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';

describe('the database of a spec file', () => {
  let one: TestDatabase;
  let other: TestDatabase;

  beforeAll(async () => {
    [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(() => Promise.all([one.drop(), other.drop()]));

  it('is migrated, and nobody else sees what is written into it', async () => {
    await ask(one.ownerUrl, 'CREATE TABLE mine AS SELECT 1 AS n');
    expect(await ask(one.ownerUrl, `SELECT count(*) > 0 AS migrated FROM migrations`)).toEqual([{ migrated: true }]);
    expect(await ask(other.ownerUrl, `SELECT to_regclass('mine') AS found`)).toEqual([{ found: null }]);
  });

  it('is reached by the application as a role without power', async () => {
    const rows = await ask(one.appUrl, 'SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user');
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });
});

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
