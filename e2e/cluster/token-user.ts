import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const program = resolve(import.meta.dirname, 'token-user-process.mjs');

export interface Reading {
  reads: number;
  failures: string[];
  perSecond: number;
}

/** A process of the product that uses connections; see token-user-process.mjs for what it can be asked. */
export class TokenUser {
  private asked = 0;

  private constructor(private readonly child: ChildProcess) {}

  static async start(env: Readonly<Record<string, string | undefined>>): Promise<TokenUser> {
    const child = fork(program, [], { env: { ...env, PORT: '0' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.setMaxListeners(100);
    const ended = once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`A user of tokens ended with ${code}`)),
    );
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new TokenUser(child);
  }

  ask<Result>(act: string, given: object = {}): Promise<Result> {
    const id = ++this.asked;
    return new Promise((done, failed) => {
      const hear = (told: { id: number; result: Result; error?: string }) => {
        if (told.id !== id) return;
        this.child.off('message', hear);
        if (told.error) failed(new Error(told.error));
        else done(told.result);
      };
      this.child.on('message', hear);
      this.child.once('exit', () => failed(new Error(`It ended while it was asked to ${act}.`)));
      this.child.send({ id, act, ...given });
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
