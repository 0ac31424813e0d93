import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.js';
import type { Account } from './run-as.js';

/**
 * A supervisor that was killed leaves its postmaster running; a postmaster that was killed leaves busy backends, and
 * they hold the shared memory that the next start needs. Call only while holding the supervisor lock.
 */
export async function endLeftovers(clusterDir: string, account: Account | undefined, log: (line: string) => void) {
  const postmaster = runningPostmaster(clusterDir, account);
  if (postmaster) {
    log(`stopping the database server ${postmaster.pid} that an earlier run left behind`);
    await endAll([postmaster], ['SIGINT', 'SIGQUIT']);
  }
  const backends = serverProcesses(clusterDir, account);
  if (backends.length > 0) {
    log(`ending ${backends.length} database process(es) that lost their server`);
    await endAll(backends, ['SIGQUIT', 'SIGKILL']);
  }
  // Nothing of this cluster runs any more. Without this, a recycled pid in the file would make Postgres refuse.
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true });
}

function runningPostmaster(clusterDir: string, account: Account | undefined): ProcessIdentity | undefined {
  const pid = Number(firstLineOf(join(clusterDir, 'postmaster.pid')));
  if (!Number.isInteger(pid) || pid < 2) return undefined;
  if (process.platform === 'linux') return serverProcesses(clusterDir, account).find((known) => known.pid === pid);
  const command = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  return command.includes(clusterDir) ? identify(pid) : undefined;
}

/**
 * Every process of a Postgres server works in its data directory, which tells ours from all others. Asked as the
 * server's own account, because a root without the ptrace capability (a container's) may not look into others.
 * Only Linux can be asked this way; elsewhere backends notice the loss of their server by themselves.
 */
function serverProcesses(clusterDir: string, account: Account | undefined): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const listing = spawnSync('/bin/sh', ['-c', 'ls -l /proc/[0-9]*/cwd 2>/dev/null'], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return (listing.stdout ?? '')
    .split('\n')
    .map((line) => /\/proc\/(\d+)\/cwd -> (.*)$/.exec(line))
    .filter((match) => match?.[2] === clusterDir && firstLineOf(`/proc/${match[1]}/comm`) === 'postgres')
    .map((match) => identify(Number(match?.[1])))
    .filter((known) => known !== undefined);
}

async function endAll(known: ProcessIdentity[], signals: NodeJS.Signals[]): Promise<void> {
  for (const signal of signals) {
    for (const { pid } of known.filter(isStillRunning)) signalUnlessGone(pid, signal);
    for (let waited = 0; waited < 10_000 && known.some(isStillRunning); waited += 20) await sleep(20);
    if (!known.some(isStillRunning)) return;
  }
  const pids = known.filter(isStillRunning).map(({ pid }) => pid);
  throw new Error(
    `The database process(es) ${pids.join(', ')} of an earlier run do not end. End them and start again.`,
  );
}

function signalUnlessGone(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function firstLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[0];
  } catch {
    return ''; // no such file: no such process
  }
}
