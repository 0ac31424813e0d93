import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../backend/src/boot/free-port.js';
import { Caller, cookieOf } from './caller.js';
import { processesOf } from './processes-of.js';

const server = resolve(import.meta.dirname, '../../dist/server/backend/src');
const startsWithinMs = 60_000;
const endsWithinMs = 20_000;

/** Times of a cluster, made short enough to wait for. */
const impatient = {
  SWEEP_MS: '200',
  LEASE_MS: '2000',
  HEARTBEAT_MS: '500',
  SETTLE_MS: '500',
  RECHECK_MS: '200',
  SNAPSHOT_POLL_MS: '200',
  GHL_SIMULATOR_SPEED: '600',
  REQUESTS_PER_MINUTE: '1000000',
};

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  ms: number;
}

/** What a person gets from `npm start`, as a process of its own: the built product with its own directory and port. */
export class StartedProduct {
  private child!: ChildProcess;
  private ended!: Promise<Ended>;
  private printed = '';
  private complained = '';

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    private readonly env: Record<string, string>,
  ) {}

  static async start({
    dataDir = newDataDir(),
    port = 0,
    env = {},
  }: { dataDir?: string; port?: number; env?: Record<string, string> } = {}) {
    const product = new StartedProduct(dataDir, port || (await freePort('127.0.0.1', 0)), env);
    await product.startAgain();
    return product;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }
  get pid(): number {
    return this.child.pid!;
  }
  /** Everything for people; the log is in the data directory. */
  get stdout(): string {
    return this.printed;
  }
  get stderr(): string {
    return this.complained;
  }
  get simulatorUrl(): string {
    return /simulator, at (\S+)/.exec(this.printed)![1];
  }
  /** The one-time link of the latest start. */
  get signInLink(): string | undefined {
    return /\S+\/sign-in\/link#token=\S+/.exec(this.printed)?.[0];
  }

  /** With the same directory and port, after `stop` or `kill`. */
  async startAgain(): Promise<void> {
    this.launch();
    const tooLate = setTimeout(() => this.child.kill('SIGKILL'), startsWithinMs);
    const ready = new Promise<true>((done) =>
      this.child.stdout!.on('data', () => this.printed.includes('Ctrl-C stops everything') && done(true)),
    );
    const started = await Promise.race([ready, this.ended]);
    clearTimeout(tooLate);
    if (started !== true)
      throw new Error(`It did not start (${started.code ?? started.signal}):\n${this.complained}${this.printed}`);
  }

  /** Asks it to stop, and waits until it has. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const begun = performance.now();
    this.child.kill(signal);
    const tooLate = setTimeout(() => this.child.kill('SIGKILL'), endsWithinMs);
    const { code, signal: by } = await this.ended;
    clearTimeout(tooLate);
    return { code, signal: by, ms: performance.now() - begun };
  }

  /** As the kernel or a power cut does it: nobody gets to tidy up. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Stops it when it runs, and removes everything it kept. */
  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop();
    for (const { pid } of processesOf(this.dataDir)) process.kill(pid, 'SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  visitor(): Caller {
    return new Caller(`http://127.0.0.1:${this.port}`);
  }

  /** The first administrator, signed in with the printed link as a browser would be. */
  async admin(): Promise<Caller> {
    const token = this.signInLink!.split('#token=')[1];
    const answer = await this.visitor().post('/api/session/link', { token });
    if (answer.status !== 201) throw new Error(`The link answered ${answer.status}: ${answer.text}`);
    return new Caller(`http://127.0.0.1:${this.port}`, { cookie: cookieOf(answer), origin: this.url });
  }

  /** `switchyard …` against this instance. */
  cli(...args: string[]) {
    return runMain('main.cli.js', args, { DATA_DIR: this.dataDir });
  }

  private launch(): void {
    [this.printed, this.complained] = ['', ''];
    const env = { ...plainEnv, ...impatient, PORT: String(this.port), DATA_DIR: this.dataDir, ...this.env };
    const begun = performance.now();
    this.child = spawn(process.execPath, [join(server, 'main.embedded.js')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.child.stderr!.on('data', (chunk: Buffer) => (this.complained += chunk.toString()));
    this.ended = new Promise((done) =>
      this.child.once('close', (code, signal) => done({ code, signal, ms: performance.now() - begun })),
    );
  }
}

/** Only what a process needs to run at all: settings of the person who tests must not leak into it. */
const plainEnv = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };

/** Postgres runs as another account when we are root, and must be able to enter. */
export function newDataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  chmodSync(directory, 0o755);
  return directory;
}

/** Runs a main to its end. */
export async function runMain(main: string, args: string[], env: Record<string, string>) {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(server, main), ...args], {
    env: { ...plainEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr, ms: performance.now() - begun };
}
