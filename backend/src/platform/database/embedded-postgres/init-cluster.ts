import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { Account } from './run-as.js';

export const SUPERUSER = 'postgres';

/** The superuser's password: made once, readable by the owner of the data directory only. */
export function superuserPassword(dataDir: string, clusterDir: string): string {
  const file = join(dataDir, 'postgres-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (existsSync(clusterDir)) {
    throw new Error(`${file} is missing, so the database in ${clusterDir} cannot be opened. Restore the file.`);
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Built under another name and renamed when complete: a kill half-way leaves nothing that looks like a database. */
export function initClusterOnce(clusterDir: string, password: string, tools: Binaries, account?: Account): void {
  if (existsSync(clusterDir)) return;
  const draft = `${clusterDir}.draft`;
  const passwordFile = join(dirname(clusterDir), 'postgres-password.draft');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    runInitdb(draft, passwordFile, tools, account);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, clusterDir);
}

function runInitdb(directory: string, passwordFile: string, tools: Binaries, account?: Account): void {
  const identity = ['--username', SUPERUSER, '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  // The built-in locale provider sorts the same everywhere, whatever locales the machine has.
  const locale = ['--encoding', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const result = spawnSync(tools.initdb, ['-D', directory, ...identity, ...locale, '--no-sync', '--no-instructions'], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    throw new Error(`initdb failed: ${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`);
  }
}
