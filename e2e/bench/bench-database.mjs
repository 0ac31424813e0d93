import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { built } from './bench-tools.mjs';

/** The embedded Postgres as in production (fsync on), with a migrated database of ours and an empty one for the floor. */
export async function openBenchDatabase(home) {
  const { startEmbeddedPostgres } = await built('backend/src/platform/database/embedded-postgres.js');
  const { createDatabase, createRoles } = await built('backend/src/platform/database/create-roles.js');
  const { migrations } = await built('migrations/index.js');
  chmodSync(home, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(home, 'data'), log: () => undefined });
  const passwords = { owner: randomBytes(12).toString('hex'), app: randomBytes(12).toString('hex') };
  const superuser = new pg.Client({ connectionString: postgres.superuserUrl() });
  await superuser.connect();
  await createRoles(superuser, passwords);
  await createDatabase(superuser, 'switchyard');
  await superuser.query('CREATE DATABASE bench');
  await superuser.end();
  const login = (user, password) => postgres.url({ user, password, database: 'switchyard' });
  const owner = await new DataSource({
    type: 'postgres',
    url: login('switchyard_owner', passwords.owner),
    migrations: [...migrations],
  }).initialize();
  await owner.runMigrations({ transaction: 'each' });
  await owner.destroy();
  const pidFile = join(postgres.clusterDir, 'postmaster.pid');
  return {
    appUrl: login('switchyard_app', passwords.app),
    pidFile,
    floorEnvironment: { PGPORT: String(postgres.port), PGPASSWORD: postgres.superuserPassword, PG_PIDFILE: pidFile },
    stop: () => postgres.stop(),
  };
}
