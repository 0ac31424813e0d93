import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createDatabase, createRoles } from '../src/platform/database/create-roles.js';
import {
  endAbandonedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../src/platform/database/embedded-postgres.js';
import { TEMPLATE_DATABASE, type TestPostgresLogin } from './database.js';

const DIRECTORY_PREFIX = 'switchyard-test-';
// Nobody reads this database after the run, so it need not survive a power cut.
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const quiet = () => undefined;

export interface TestCluster {
  readonly login: TestPostgresLogin;
  stop(): Promise<void>;
}

/** A throw-away cluster with both roles and a migrated template database; specs clone the template. */
export async function startTestCluster(): Promise<TestCluster> {
  await removeAbandonedClusters();
  const dataDir = mkdtempSync(join(tmpdir(), DIRECTORY_PREFIX));
  chmodSync(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet, settings: FAST });
  const stop = async () => {
    await postgres.stop();
    for (const directory of [dataDir, dirname(postgres.clusterDir)])
      rmSync(directory, { recursive: true, force: true });
  };
  try {
    return { login: await migrateTemplate(postgres), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function migrateTemplate(postgres: EmbeddedPostgres): Promise<TestPostgresLogin> {
  const login = {
    superuserUrl: postgres.superuserUrl(),
    ownerPassword: randomBytes(12).toString('hex'),
    appPassword: randomBytes(12).toString('hex'),
  };
  const superuser = new Client({ connectionString: login.superuserUrl });
  await superuser.connect();
  try {
    await createRoles(superuser, { owner: login.ownerPassword, app: login.appPassword });
    await createDatabase(superuser, TEMPLATE_DATABASE);
  } finally {
    await superuser.end();
  }
  const url = postgres.url({ user: 'switchyard_owner', password: login.ownerPassword, database: TEMPLATE_DATABASE });
  const template = await new DataSource({ type: 'postgres', url, migrations: [...migrations] }).initialize();
  try {
    await template.runMigrations({ transaction: 'each' });
  } finally {
    await template.destroy(); // a template with an open connection cannot be cloned
  }
  return login;
}

/** A run that was killed could not tidy up; the next one does it. */
async function removeAbandonedClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(DIRECTORY_PREFIX))) {
    const dataDir = join(tmpdir(), name);
    try {
      if (await endAbandonedPostgres(dataDir, quiet)) rmSync(dataDir, { recursive: true, force: true });
    } catch {
      continue; // another user's, or being removed at this moment
    }
  }
}
