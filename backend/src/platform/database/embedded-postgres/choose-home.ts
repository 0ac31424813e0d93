import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, type Account } from './run-as.js';

const POINTER_FILE = 'postgres-location';
const SHARED_STATE = '/var/lib';

/** The directory that holds the cluster (and copied binaries): the data directory itself whenever that is possible. */
export function findHome(dataDir: string): string | undefined {
  const pointer = join(dataDir, POINTER_FILE);
  if (existsSync(pointer)) {
    const home = readFileSync(pointer, 'utf8').trim();
    if (existsSync(home)) return home;
    throw new Error(
      `${pointer} says that the database lives in ${home}, but that directory is gone. ` +
        'Restore it, or delete the file to begin with an empty database.',
    );
  }
  return existsSync(clusterIn(dataDir)) ? dataDir : undefined;
}

/**
 * Root may work in a directory that nobody else can enter (a checkout below /root). The server runs under another
 * account, so its data goes where that account can follow, and a pointer file remembers the place.
 */
export function chooseHome(dataDir: string, account: Account | undefined, log: (line: string) => void): string {
  if (!account || canEnter(account, dataDir)) return dataDir;
  const home = canWrite(SHARED_STATE) ? makeUnusedHome(dataDir) : mkdtempSync(join(tmpdir(), 'switchyard-'));
  chmodSync(home, 0o755);
  writeFileSync(join(dataDir, POINTER_FILE), `${home}\n`);
  log(`the database account cannot enter ${dataDir}; the database is kept in ${home}`);
  return home;
}

export const clusterIn = (home: string): string => join(home, 'postgres');

/** A directory without a pointer to it is another life of this checkout: it is left alone. */
function makeUnusedHome(dataDir: string): string {
  const name = `switchyard-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  for (let number = 1; ; number++) {
    const home = join(SHARED_STATE, number === 1 ? name : `${name}-${number}`);
    if (existsSync(home)) continue;
    mkdirSync(home);
    return home;
  }
}

function canWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
