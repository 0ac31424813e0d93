import type { Log } from '../platform/logging/index.js';

/** Why a process does not start, in words for the person who started it. Needs no stack. */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}

interface Part {
  readonly name: string;
  stop(): Promise<void>;
}

/** Ends what a process started, last part first: after a signal, after a failed start, after the loss of a part. */
export class RunningProcess {
  private readonly parts: Part[] = [];
  private log?: Log;
  private stopping = false;
  private skipWaiting!: () => void;
  private readonly waitingSkipped = new Promise<void>((resolve) => (this.skipWaiting = resolve));

  /** A stop that hangs is given up after this time: the engine recovers from a kill, nobody recovers from waiting. */
  constructor(private readonly stopWithinMs: number) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.asked(signal));
  }

  logTo(log: Log): void {
    this.log = log;
  }

  /** From now on this part is stopped with the process, before all parts that were added earlier. */
  add(name: string, stop: () => Promise<void>): void {
    this.parts.push({ name, stop });
  }

  /** Runs the start of the process; a part that fails takes those that are there with it. */
  async start(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      if (this.stopping) return; // the start failed because it was interrupted
      const expected = error instanceof Error && refusals.has(error.name);
      process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
      await this.stop(expected ? 2 : 1);
    }
  }

  /** For the loss of a part that the others cannot do without. */
  async lost(name: string): Promise<void> {
    if (this.stopping) return;
    this.log?.error('A part of this process ended; the process stops', { part: name });
    await this.stop(1);
  }

  private asked(signal: NodeJS.Signals): void {
    if (this.stopping) return this.skipWaiting();
    this.log?.info('Asked to stop', { signal });
    void this.stop(0);
  }

  private async stop(code: number): Promise<void> {
    this.stopping = true;
    setTimeout(() => this.giveUp(), this.stopWithinMs).unref();
    for (const part of this.parts.toReversed()) await Promise.race([this.stopPart(part), this.waitingSkipped]);
    process.exit(code);
  }

  private async stopPart({ name, stop }: Part): Promise<void> {
    const begun = performance.now();
    try {
      await stop();
      this.log?.info('A part was stopped', { part: name, ms: Math.round(performance.now() - begun) });
    } catch (error) {
      this.log?.error('A part could not be stopped in order', { part: name, error });
    }
  }

  private giveUp(): never {
    this.log?.error('Stopping took too long and was given up');
    process.exit(1);
  }
}

/** Errors whose message says all: the port is taken, the directory is in use, the database is behind. */
const refusals = new Set(['StartRefused', 'DataDirectoryInUse']);
