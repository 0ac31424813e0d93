import { Client } from 'pg';
import { createDatabase, createRoles } from './create-roles.js';

/** The roles of the product with these passwords, and its database, made by a superuser where they are missing. */
export async function prepareDatabase(
  superuserUrl: string,
  passwords: { owner: string; app: string },
  name: string,
): Promise<void> {
  const superuser = new Client({ connectionString: superuserUrl });
  await superuser.connect();
  try {
    await createRoles(superuser, passwords);
    const { rowCount } = await superuser.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await createDatabase(superuser, name);
  } finally {
    await superuser.end();
  }
}
