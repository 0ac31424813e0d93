import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { heapOptions } from '../../backend/src/boot/heap-options.js';
import { ask } from '../support/ask.js';

/** A file of the server as `npm run build` leaves it; the suite runs in the root of the project. */
export const builtFile = (name: string) => resolve('dist/server/backend/src', name);

export type Kind = 'embedded' | 'api' | 'worker';

const startsWithinMs = 60_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  ms: number;
}

export interface Ending {
  readonly end: Promise<{ code: number | null; said: string }>;
  kill(): void;
}

/** Runs a main to its end. */
export function runMain(main: string, args: string[], env: Record<string, string | undefined>, input: string): Ending {
  const child = spawn(process.execPath, [builtFile(main), ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const end = new Promise<{ code: number | null; said: string }>((done) =>
    child.once('close', (code) => done({ code, said })),
  );
  return { end, kill: () => void child.kill('SIGKILL') };
}

/** One process of the product, on a port that outlives its deaths. Everything that it prints is kept in a file. */
export class ProductProcess {
  private child!: ChildProcess;
  private ended!: Promise<Ended>;
  private alive = false;
  private isAsked = false;
  /** Ends that nobody asked for. */
  readonly unexpectedEnds: string[] = [];

  constructor(
    readonly kind: Kind,
    readonly name: string,
    readonly port: number,
    private readonly env: Record<string, string>,
    readonly logFile: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isAlive(): boolean {
    return this.alive;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves when it is ready. What is given here counts for this life only. */
  async start(extra: Record<string, string> = {}): Promise<void> {
    if (this.alive) return;
    this.launch(extra);
    const tooLate = performance.now() + startsWithinMs;
    while (!(await this.isReady())) {
      if (!this.alive || performance.now() > tooLate)
        throw new Error(`${this.name} did not start:\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`);
      await pause(50);
    }
  }

  launch(extra: Record<string, string> = {}): void {
    const log = openSync(this.logFile, 'a');
    const begun = performance.now();
    const shipped = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(this.port), NODE_OPTIONS: heapOptions };
    this.child = spawn(process.execPath, [builtFile(`main.${this.kind}.js`)], {
      env: { ...shipped, ...this.env, ...extra },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.alive = true;
    this.isAsked = false;
    this.ended = new Promise((done) =>
      this.child.once('exit', (code, signal) => {
        this.alive = false;
        if (!this.isAsked) this.unexpectedEnds.push(`ended by itself: ${this.name} (${code ?? signal})`);
        done({ code, signal, ms: performance.now() - begun });
      }),
    );
  }

  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGTERM') this.isAsked = true;
    if (this.alive) this.child.kill(signal);
  }

  /** kill -9, also in the middle of a start; stopped processes die as well. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  /** Sends the signal and waits for the end; how long that took is in the answer. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended | undefined> {
    if (!this.child || !this.alive) return undefined;
    const begun = performance.now();
    this.isAsked = true;
    this.child.kill(signal);
    return { ...(await this.ended), ms: performance.now() - begun };
  }

  /** Resolves with the end that it meets by itself. */
  get end(): Promise<Ended> {
    return this.ended;
  }

  async isReady(): Promise<boolean> {
    const answer = await ask(this.url, { method: 'GET', path: '/health/ready' }).catch(() => undefined);
    return answer?.status === 200;
  }

  /** Everything that it has printed in all of its lives. */
  log(): string {
    const logs = join(this.env['DATA_DIR'] ?? '', 'logs');
    const files = existsSync(logs) ? readdirSync(logs).map((file) => join(logs, file)) : [];
    return [this.logFile, ...files].map((file) => readFileSync(file, 'utf8')).join('');
  }

  /** Resident memory and open sockets, as the kernel counts them. */
  weight(): { megabytes: number; sockets: number } {
    const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return { megabytes: Number(pages![1]) / 1024, sockets: socketsOf(this.pid) };
  }
}

function socketsOf(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  const isSocket = (name: string) => {
    try {
      return readlinkSync(`${directory}/${name}`).startsWith('socket:');
    } catch {
      return false; // closed between the two looks
    }
  };
  return readdirSync(directory).filter(isSocket).length;
}
