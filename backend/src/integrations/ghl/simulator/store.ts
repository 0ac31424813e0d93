import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SimState } from './state.js';

/**
 * Owns the state and its file. Promise: after `commit()` resolves, a killed process finds the state again.
 * Changes of one turn of the event loop share one write; the rename makes it all or nothing. No fsync: the
 * simulator survives its own death, not the machine's.
 */
export class SimStore {
  state: SimState;
  #dirty = false;
  #pending?: Promise<void>;

  constructor(
    fresh: () => SimState,
    private readonly dataFile?: string,
  ) {
    const known = dataFile && existsSync(dataFile);
    this.state = known ? (JSON.parse(readFileSync(dataFile, 'utf8')) as SimState) : fresh();
    if (!known) this.#write();
  }

  changed(): void {
    this.#dirty = true;
  }

  /** Also for reads: nobody may be told what a kill could still take back. */
  async commit(): Promise<void> {
    if (!this.#dirty && !this.#pending) return;
    this.#pending ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#pending = undefined;
        try {
          this.#write();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    return this.#pending;
  }

  #write(): void {
    this.#dirty = false;
    if (!this.dataFile) return;
    const next = `${this.dataFile}.next`;
    writeFileSync(next, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(next, this.dataFile);
  }
}
