import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyFreePort } from '../free-port.js';
import { identify, isStillRunning, type ProcessIdentity } from '../database/embedded-postgres/process-identity.js';

const PROGRAM = 'redis-server';
const HOST = '127.0.0.1';
const startsWithinMs = 10_000;

/** Is there a redis-server on this machine's PATH? */
export const isRedisServerThere = () => spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * The machine's own redis-server on a loopback port, as a child of this process. Its address stays the same when it is
 * killed and launched again; what it holds is kept in the directory, up to the last moment before a kill.
 */
export class RedisServer {
  private child?: ChildProcess;

  private constructor(
    private readonly directory: string,
    readonly port: number,
    private readonly log: (line: string) => void,
  ) {}

  static async start(directory: string, log: (line: string) => void = () => undefined): Promise<RedisServer> {
    endLeftover(directory);
    const server = new RedisServer(directory, await anyFreePort(), log);
    await server.launch();
    return server;
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.child!.pid : undefined;
  }

  /** Resolves when it takes commands. With what it held before, unless it is to be empty. */
  async launch({ empty = false } = {}): Promise<void> {
    if (empty) rmSync(join(this.directory, 'redis'), { recursive: true, force: true });
    const data = join(this.directory, 'redis');
    mkdirSync(data, { recursive: true });
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'];
    this.child = spawn(PROGRAM, ['--port', String(this.port), '--bind', HOST, '--dir', data, ...durable], {
      cwd: data,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session of its own: Ctrl-C in the terminal must reach the application first, not what it stands on.
      detached: true,
    });
    await this.readiness(this.child);
    writeFileSync(pidFile(this.directory), JSON.stringify(identify(this.child.pid!) ?? null), { mode: 0o600 });
    process.once('exit', this.endWithUs);
  }

  /** SIGSTOP freezes it, SIGCONT lets it go on, SIGKILL ends it. Resolves when a signal that ends it has done so. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || !this.isRunning) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void child.kill(signal);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    child.kill('SIGCONT'); // one that is frozen would not notice
    await ended;
    process.off('exit', this.endWithUs);
  }

  async stop(): Promise<void> {
    const impatience = setTimeout(() => void this.kill('SIGKILL'), 3_000);
    await this.kill('SIGTERM').finally(() => clearTimeout(impatience));
  }

  /** Resolves when the server of now has ended, asked for or not. */
  get ended(): Promise<void> {
    return new Promise((resolve) => (this.isRunning ? this.child!.once('exit', () => resolve()) : resolve()));
  }

  private get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  private readonly endWithUs = () => void this.child?.kill('SIGKILL');

  private readiness(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = '';
      const fail = (why: string) => reject(new Error(`redis-server did not start (${why}):\n${said}`));
      const tooLate = setTimeout(() => {
        child.kill('SIGKILL');
        fail('too slow');
      }, startsWithinMs);
      const hear = (chunk: Buffer) => {
        const text = chunk.toString();
        text
          .split('\n')
          .filter((line) => line.trim())
          .forEach(this.log);
        said = (said + text).slice(-4_000);
        if (!said.includes('eady to accept connections')) return;
        clearTimeout(tooLate);
        resolve();
      };
      child.stdout!.on('data', hear);
      child.stderr!.on('data', hear);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
      child.once('close', () => clearTimeout(tooLate));
    });
  }
}

const pidFile = (directory: string) => join(directory, 'redis.pid');

/** A supervisor that was killed could not end its server, which holds nothing that would be missed. */
function endLeftover(directory: string): void {
  try {
    const left = JSON.parse(readFileSync(pidFile(directory), 'utf8')) as ProcessIdentity | null;
    if (left && isStillRunning(left)) process.kill(left.pid, 'SIGKILL');
  } catch {
    return; // none was started here, or it ended meanwhile
  }
}
