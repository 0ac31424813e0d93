import { DataSource } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import type { Secret } from '../platform/crypto/index.js';
import { dataSourceOptions } from '../platform/database/index.js';

/** Any number: it only has to be the same in every process that migrates. */
const MIGRATING = 5_931_604;

/** Brings the database to this release, as its owner. Two at once: the second waits and finds nothing left to do. */
export async function migrate(ownerUrl: Secret): Promise<string[]> {
  return asOwner(ownerUrl, async (source) => {
    const lock = source.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATING]);
      const done = await source.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    } finally {
      await lock.release(); // the lock ends with the connection at the latest
    }
  });
}

/** Names of the migrations that this release brings and the database does not have; nothing is changed. */
export async function pendingAsOwner(ownerUrl: Secret): Promise<string[]> {
  return asOwner(ownerUrl, async (source) => {
    const runner = source.createQueryRunner();
    try {
      const known = (await runner.hasTable('migrations'))
        ? await source.query<{ name: string }[]>('SELECT name FROM migrations')
        : [];
      const names = new Set(known.map((row) => row.name));
      return source.migrations.map((migration) => migration.name!).filter((name) => !names.has(name));
    } finally {
      await runner.release();
    }
  });
}

async function asOwner<Result>(url: Secret, act: (source: DataSource) => Promise<Result>): Promise<Result> {
  const source = new DataSource(dataSourceOptions({ url, poolSize: 2, entities: [], migrations: [...migrations] }));
  await source.initialize();
  try {
    return await act(source);
  } finally {
    await source.destroy();
  }
}
