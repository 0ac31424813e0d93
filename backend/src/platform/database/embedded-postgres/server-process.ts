import { spawn, type ChildProcess } from 'node:child_process';
import type { Binaries } from './binaries.js';
import type { Account } from './run-as.js';

export const HOST = '127.0.0.1';

/** The port was free when we looked and is not any more. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

export interface ServerOptions {
  readonly tools: Binaries;
  readonly clusterDir: string;
  readonly account: Account | undefined;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

const DEFAULTS = { max_connections: '100', shared_buffers: '64MB', fsync: 'on', timezone: 'UTC', log_timezone: 'UTC' };

/** Resolves when the server accepts connections. */
export function launchServer({
  tools,
  clusterDir,
  account,
  port,
  settings,
  log,
}: ServerOptions): Promise<ChildProcess> {
  const flags = Object.entries({ ...DEFAULTS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(tools.postgres, ['-D', clusterDir, '-p', String(port), '-h', HOST, '-k', '', ...flags], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C in the terminal must reach the application first, not the database under it.
    detached: true,
  });
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    let ready = false;
    forEachLine(child, (line) => {
      log(line);
      if (ready) return;
      said.push(line);
      ready = line.includes('ready to accept connections');
      if (ready) resolve(child);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const text = said.join('\n');
      const taken = /could not bind|could not create any TCP/.test(text);
      reject(taken ? new PortTaken(text) : new Error(`Postgres did not start (${code ?? signal}):\n${text}`));
    });
  });
}

/** Fast shut-down first (open transactions are rolled back); when that hangs, the one that recovers at the next start. */
export async function stopServer(child: ChildProcess, graceMs = 30_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT');
  const impatience = setTimeout(() => child.kill('SIGQUIT'), graceMs);
  await ended;
  clearTimeout(impatience);
}

function forEachLine(child: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
}
