import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.js';

const LOCK_FILE = 'postgres.lock';

/** One supervisor per data directory. Taken before anything else in the directory is touched. */
export interface SupervisorLock {
  release(): void;
}

export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
  constructor(dataDir: string, pid: number) {
    super(
      `The database in ${dataDir} already belongs to a running Switchyard (process ${pid}). ` +
        'Stop that one first, or choose another directory with DATA_DIR.',
    );
  }
}

export function takeSupervisorLock(dataDir: string): SupervisorLock {
  const file = join(dataDir, LOCK_FILE);
  const mine = JSON.stringify(identify(process.pid));
  // Written aside and linked into place: nobody ever reads half a lock.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    while (!linkIfFree(draft, file)) setAsideIfStale(file, dataDir);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readIfThere(file) === mine) rmSync(file, { force: true });
    },
  };
}

export function supervisorState(dataDir: string): 'none' | 'alive' | 'dead' {
  const text = readIfThere(join(dataDir, LOCK_FILE));
  if (text === undefined) return 'none';
  const holder = parseHolder(text);
  return holder && isStillRunning(holder) ? 'alive' : 'dead';
}

function linkIfFree(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renaming decides between two that found the same stale lock; the loser puts back what was not stale. */
function setAsideIfStale(file: string, dataDir: string): void {
  const found = readIfThere(file);
  if (found === undefined) return;
  const holder = parseHolder(found);
  if (holder && isStillRunning(holder)) throw new DataDirectoryInUse(dataDir, holder.pid);
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== found) linkIfFree(aside, file);
  rmSync(aside, { force: true });
}

function parseHolder(text: string | undefined): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Partial<ProcessIdentity> | null;
    return Number.isInteger(holder?.pid) ? (holder as ProcessIdentity) : undefined;
  } catch {
    return undefined; // an unreadable lock names nobody
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
