import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { prepareBinaries } from './embedded-postgres/binaries.js';
import { chooseHome, clusterIn, findHome } from './embedded-postgres/choose-home.js';
import { choosePort } from './embedded-postgres/choose-port.js';
import { initClusterOnce, SUPERUSER, superuserPassword } from './embedded-postgres/init-cluster.js';
import { endLeftovers } from './embedded-postgres/leftovers.js';
import { canEnter, chooseAccount } from './embedded-postgres/run-as.js';
import { HOST, launchServer, PortTaken, stopServer, type ServerOptions } from './embedded-postgres/server-process.js';
import { supervisorState, takeSupervisorLock, type SupervisorLock } from './embedded-postgres/supervisor-lock.js';

export { DataDirectoryInUse } from './embedded-postgres/supervisor-lock.js';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password, its port and the lock; made when missing. */
  readonly dataDir: string;
  /** Receives the server's own log lines and ours. */
  readonly log: (line: string) => void;
  /** Server settings over the defaults, e.g. `{ fsync: 'off' }` for a database that dies with its test run. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly superuserPassword: string;
  /** Where the cluster really is: below `dataDir`, unless the server's account cannot enter that. */
  readonly clusterDir: string;
  readonly pid: number;
  /** Resolves when the server has ended, asked for or not. */
  readonly ended: Promise<void>;
  url(login: { user: string; password: string; database: string }): string;
  superuserUrl(database?: string): string;
  /** Ends the server, then frees the data directory. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends it as a crash would, with nothing written down; the next start recovers from its log. */
  stopImmediately(): Promise<void>;
}

/**
 * Runs the real Postgres that npm installed, on a loopback port, as a child of this process. Survives kill -9 of
 * itself, of the server and of half-finished first starts; refuses a data directory that a live process already uses.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = prepareDirectory(options.dataDir);
  const lock = takeSupervisorLock(dataDir);
  try {
    return await startLocked(dataDir, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Ends what a killed process left running in this data directory, so that it can be deleted. False, and nothing is
 * touched, when a live process uses the directory or when nobody ever finished taking it.
 */
export async function endAbandonedPostgres(dataDir: string, log: (line: string) => void): Promise<boolean> {
  if (supervisorState(dataDir) !== 'dead') return false;
  const clusterDir = clusterIn(findHome(realpathSync(dataDir)) ?? realpathSync(dataDir));
  await endLeftovers(clusterDir, chooseAccount(clusterDir), log);
  return true;
}

function prepareDirectory(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    return realpathSync(dataDir);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`The data directory ${dataDir} cannot be used: ${reason}. Choose another one with DATA_DIR.`);
  }
}

async function startLocked(
  dataDir: string,
  lock: SupervisorLock,
  { log, settings = {} }: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const knownHome = findHome(dataDir);
  const account = chooseAccount(clusterIn(knownHome ?? dataDir));
  const home = knownHome ?? chooseHome(dataDir, account, log);
  const clusterDir = clusterIn(home);
  const tools = prepareBinaries(home, account);
  const password = superuserPassword(dataDir, clusterDir);
  initClusterOnce(clusterDir, password, tools, account);
  if (!canEnter(account, clusterDir)) {
    throw new Error(
      `The database in ${clusterDir} cannot be opened: it belongs to another user, or lies behind a directory that ` +
        'its owner may not enter. Start as that user, or choose another directory with DATA_DIR.',
    );
  }
  await endLeftovers(clusterDir, account, log);
  const { child, port } = await launchOnFreePort(dataDir, { tools, clusterDir, account, settings, log });
  return supervise(child, lock, { port, password, clusterDir });
}

async function launchOnFreePort(dataDir: string, server: Omit<ServerOptions, 'port'>, attempts = 3) {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(dataDir, HOST);
    try {
      return { port, child: await launchServer({ ...server, port }) };
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === attempts) throw error;
    }
  }
}

function supervise(
  child: ChildProcess,
  lock: SupervisorLock,
  { port, password, clusterDir }: { port: number; password: string; clusterDir: string },
): EmbeddedPostgres {
  // process.exit() without stop() must not leave a server behind; only a kill -9 can.
  const endWithUs = () => {
    child.kill('SIGINT');
    lock.release();
  };
  process.once('exit', endWithUs);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const free = () => {
    process.off('exit', endWithUs);
    lock.release();
  };
  const url: EmbeddedPostgres['url'] = (login) =>
    `postgres://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@${HOST}:${port}/${encodeURIComponent(login.database)}`;
  return {
    host: HOST,
    port,
    superuser: SUPERUSER,
    superuserPassword: password,
    clusterDir,
    pid: child.pid!,
    ended,
    url,
    superuserUrl: (database = 'postgres') => url({ user: SUPERUSER, password, database }),
    stop: async () => {
      await stopServer(child);
      free();
    },
    stopImmediately: async () => {
      child.kill('SIGQUIT');
      await ended;
      free();
    },
  };
}
