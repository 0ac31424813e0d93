import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { Client } from 'pg';
import { Secret } from '../../platform/crypto/secret.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../platform/database/embedded-postgres.js';
import { migrate } from '../migrate.js';
import { addDatabaseCommand } from './database-command.js';

jest.setTimeout(90_000);

describe('switchyard database prepare', () => {
  let postgres: EmbeddedPostgres;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'switchyard-prepare-'));
    chmodSync(dataDir, 0o755);
    // A cluster of its own: roles belong to the whole of it.
    postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { fsync: 'off' } });
  });
  afterAll(async () => {
    await postgres.stop();
    for (const directory of [dataDir, dirname(postgres.clusterDir)])
      rmSync(directory, { recursive: true, force: true });
  });

  const urlOf = (user: string, password: string, database = 'product') => postgres.url({ user, password, database });
  const prepare = async (env: Record<string, string>) => {
    const said = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const program = new Command().exitOverride();
    addDatabaseCommand(program, env);
    await program.parseAsync(['database', 'prepare'], { from: 'user' }).finally(() => said.mockRestore());
  };
  const good = (password = 'p%ss/word') => ({
    DATABASE_ADMIN_URL: postgres.superuserUrl(),
    DATABASE_URL: urlOf('switchyard_app', `app-${password}`),
    DATABASE_OWNER_URL: urlOf('switchyard_owner', `owner-${password}`),
  });

  it('makes a database that can be migrated and used; again, with other passwords, it changes those', async () => {
    for (const password of ['p%ss/word', 'another']) {
      const env = good(password);
      await prepare(env);
      await migrate(new Secret(env.DATABASE_OWNER_URL));
      const app = new Client({ connectionString: env.DATABASE_URL });
      await app.connect();
      expect((await app.query('SELECT count(*)::int AS count FROM agencies')).rows).toEqual([{ count: 0 }]);
      await app.end();
    }
  });

  it('refuses logins that the product does not use, and echoes no password', async () => {
    const wrong = { ...good(), DATABASE_URL: urlOf('postgres', 'hunter2') };
    await expect(prepare(wrong)).rejects.toThrow('DATABASE_URL must log in as switchyard_app.');
    const other = { ...good(), DATABASE_OWNER_URL: urlOf('switchyard_owner', 'hunter2', 'elsewhere') };
    await expect(prepare(other)).rejects.toThrow('name different databases');
    await expect(prepare({})).rejects.toThrow('DATABASE_ADMIN_URL');
  });
});
