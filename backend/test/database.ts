import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createDatabase } from '../src/platform/database/create-roles.js';

export const TEMPLATE_DATABASE = 'switchyard_template';

/** What the global set-up tells the workers about the run's Postgres. */
export interface TestPostgresLogin {
  readonly superuserUrl: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
}

export interface TestDatabase {
  readonly name: string;
  /** As `switchyard_owner`: owns the tables, runs migrations. */
  readonly ownerUrl: string;
  /** As `switchyard_app`: what the application uses; row-level security applies. */
  readonly appUrl: string;
  drop(): Promise<void>;
}

/** A migrated, empty database of this spec file's own. Call it in `beforeAll` and `drop()` it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const login = testPostgres();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(login, (client) => createDatabase(client, name, TEMPLATE_DATABASE));
  return {
    name,
    ownerUrl: urlOf(login, name, 'switchyard_owner', login.ownerPassword),
    appUrl: urlOf(login, name, 'switchyard_app', login.appPassword),
    drop: () => asSuperuser(login, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

function testPostgres(): TestPostgresLogin {
  const { SWITCHYARD_TEST_POSTGRES: login, SWITCHYARD_TEST_POSTGRES_FAULT: fault } = process.env;
  if (!login) throw new Error(`This run has no test database. ${fault ?? 'Start the specs through Jest.'}`);
  return JSON.parse(login) as TestPostgresLogin;
}

async function asSuperuser(login: TestPostgresLogin, act: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: login.superuserUrl });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

function urlOf(login: TestPostgresLogin, database: string, user: string, password: string): string {
  const url = new URL(login.superuserUrl);
  url.username = user;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}
