import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const main = join(root, 'dist/server/backend/src/main.embedded.js');

export interface Product {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** The one-time sign-in link it printed, if it printed one. */
  readonly signInLink: string | undefined;
  /** Everything it printed. */
  printed(): string;
  /** SIGTERM, and wait. Returns the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to the product's own process, and wait. What it started is left to itself. */
  kill(): Promise<void>;
}

export interface ProductOptions {
  port?: number;
  dataDir?: string;
  env?: Record<string, string>;
  readyWithinMs?: number;
}

/** Starts the built product as `npm start` does, in one process with its own Postgres, and waits until it is ready. */
export async function startProduct({
  port,
  dataDir,
  env = {},
  readyWithinMs = 60_000,
}: ProductOptions = {}): Promise<Product> {
  const listensOn = port ?? (await freePort());
  const keepsIn = dataDir ?? mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: String(listensOn), DATA_DIR: keepsIn, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()));
  const url = `http://localhost:${listensOn}`;
  await ready(child, url, readyWithinMs, () => printed);
  return {
    url,
    port: listensOn,
    dataDir: keepsIn,
    pid: child.pid!,
    signInLink: /https?:\/\/\S+\/sign-in\/link#token=\S+/.exec(printed)?.[0],
    printed: () => printed,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

async function ready(child: ChildProcess, url: string, withinMs: number, printed: () => string): Promise<void> {
  const end = Date.now() + withinMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < end) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok && /is ready after/.test(printed())) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`The product did not get ready:\n${printed()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
