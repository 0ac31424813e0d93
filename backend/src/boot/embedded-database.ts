import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../platform/crypto/index.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/database/embedded-postgres.js';
import { prepareDatabase } from '../platform/database/prepare-database.js';

const DATABASE = 'switchyard';

export interface EmbeddedDatabase {
  readonly postgres: EmbeddedPostgres;
  readonly appUrl: Secret;
  readonly ownerUrl: Secret;
}

/** A Postgres of our own in the data directory, with the roles and the database of the product. */
export async function startEmbeddedDatabase(
  dataDir: string,
  log: (line: string) => void,
  connections = 60,
): Promise<EmbeddedDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, settings: { max_connections: String(connections) } });
  try {
    const passwords = loadOrCreatePasswords(dataDir);
    await prepareDatabase(postgres.superuserUrl(), passwords, DATABASE);
    const urlFor = (user: string, password: string) => new Secret(postgres.url({ user, password, database: DATABASE }));
    return {
      postgres,
      appUrl: urlFor('switchyard_app', passwords.app),
      ownerUrl: urlFor('switchyard_owner', passwords.owner),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

interface Passwords {
  owner: string;
  app: string;
}

/** Made once, readable by their owner only. A lost or torn file is made anew: every start sets the passwords again. */
function loadOrCreatePasswords(dataDir: string): Passwords {
  const file = join(dataDir, 'database-passwords.json');
  try {
    const { owner, app } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Passwords>;
    if (owner && app) return { owner, app };
  } catch {
    // the first start, or one that was killed while it wrote
  }
  const made = { owner: randomBytes(24).toString('hex'), app: randomBytes(24).toString('hex') };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
