import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { heapOptions } from '../heap-options.js';

export type ProcessKind = 'api' | 'worker';
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

const readyWithinMs = 60_000;
const tailLength = 4_000;

export interface ClusterProcessOptions {
  readonly kind: ProcessKind;
  /** `api-1`, `worker-3`. */
  readonly name: string;
  readonly port: number;
  readonly env: ProcessEnvironment;
  /** Where the built mains are. */
  readonly server: string;
  readonly logFile: string;
  /** A stop that takes longer than this is made a kill. */
  readonly stopWithinMs: number;
}

/** One api or worker process: a built main with a port of its own, which stays the same over restarts. */
export class ClusterProcess {
  readonly kind: ProcessKind;
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  /** Of the next launch. */
  env: ProcessEnvironment;
  private child?: ChildProcess;
  /** Its end was asked for by `stop`, and by nobody else. */
  private asked = false;

  constructor(private readonly options: ClusterProcessOptions) {
    ({ kind: this.kind, name: this.name, port: this.port, logFile: this.logFile, env: this.env } = options);
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.child!.pid : undefined;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get wasAskedToEnd(): boolean {
    return this.asked;
  }

  /** What it said, over all its lives. */
  get output(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Resolves when the process of now has ended, with how. */
  get ended(): Promise<string> {
    const child = this.child;
    if (!child || !this.isRunning) return Promise.resolve('was not running');
    return new Promise((resolve) =>
      child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`)),
    );
  }

  /** Starts it, and does not wait. */
  launch(): void {
    if (this.isRunning) throw new Error(`${this.name} runs already.`);
    this.asked = false;
    const { server, kind, port } = this.options;
    const own = {
      NODE_OPTIONS: heapOptions,
      ...this.env,
      PORT: String(port),
      PUBLIC_URL: this.env.PUBLIC_URL ?? this.url,
    };
    // A file and not a pipe: it goes on when nobody reads, and what it said last is there when everything was killed.
    const log = openSync(this.logFile, 'a');
    this.child = spawn(
      process.execPath,
      ['--import', join(server, 'boot/cluster/end-with-parent.js'), join(server, `main.${kind}.js`)],
      // A session of its own: Ctrl-C reaches the cluster, which then stops one after the other.
      { env: own, stdio: ['ignore', log, log, 'ipc'], detached: true },
    );
    closeSync(log);
  }

  /** Launches it and resolves when it says that it is ready. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  async ready(withinMs = readyWithinMs): Promise<void> {
    for (const end = performance.now() + withinMs; performance.now() < end; await pause(50)) {
      if (!this.isRunning) throw new Error(`${this.name} did not start:\n${this.output.slice(-tailLength)}`);
      if (await this.answersReady()) return;
    }
    throw new Error(`${this.name} was not ready within ${withinMs} ms:\n${this.output.slice(-tailLength)}`);
  }

  /** SIGSTOP freezes it, SIGCONT lets it go on; of a signal that ends it, the end is waited for. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.isRunning) return;
    const { ended } = this;
    this.child!.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    this.child!.kill('SIGCONT'); // one that is frozen would not notice
    await ended;
  }

  /** In order: what is in hand is finished first. */
  async stop(): Promise<void> {
    this.asked = true;
    const impatience = setTimeout(() => void this.kill('SIGKILL'), this.options.stopWithinMs);
    await this.kill('SIGTERM').finally(() => clearTimeout(impatience));
  }

  /** Stops it when it runs, changes its environment, starts it again. */
  async restart(env: ProcessEnvironment = {}): Promise<void> {
    await this.stop();
    this.env = { ...this.env, ...env };
    await this.start();
  }

  private async answersReady(): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false; // not listening yet
    }
  }
}
