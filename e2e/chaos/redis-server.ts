import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { anyFreePort } from '../../backend/src/platform/free-port.js';
import { until } from '../support/until.js';

/** Where the machine keeps redis-server, if it has one. */
export const redisServerFile = (process.env.PATH ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'redis-server'))
  .find((file) => existsSync(file));

/** A Redis of this world alone: nothing is written to disk, so that each start is an empty one. */
export class RedisServer {
  private child!: ChildProcess;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer(await anyFreePort());
    await redis.startAgain();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn(redisServerFile!, args, { stdio: 'ignore' });
    await until(async () => (await this.command('PING').catch(() => '')).includes('PONG') || undefined);
  }

  /** One inline command, over a connection of its own. */
  command(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${line}\r\n`));
      socket.setTimeout(5_000, () => socket.destroy(new Error(`${line} was not answered`)));
      socket.once('data', (answer) => {
        socket.destroy();
        resolve(answer.toString());
      });
      socket.once('error', reject);
    });
  }

  /** As `SHUTDOWN NOSAVE`. */
  async shutDown(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.shutDown();
  }
}
