import { SimFaults } from './faults.js';
import { SimJournal } from './journal.js';
import { settleLoads } from './loads.js';
import type { SimOptions } from './options.js';
import { chance, idOf, tokenOf } from './random.js';
import { SimRate } from './rate.js';
import { demoState } from './seed.js';
import type { SimState } from './state.js';
import { SimStore } from './store.js';
import { SimWebhooks } from './webhooks.js';

/** What every part of the simulator stands on: state, time, chance, and the records of what happened. */
export class Sim {
  readonly store: SimStore;
  readonly rate: SimRate;
  readonly faults = new SimFaults();
  readonly journal: SimJournal;
  readonly webhooks: SimWebhooks;
  serial = 0;

  constructor(readonly options: SimOptions) {
    this.store = new SimStore(() => this.freshState(), options.dataFile);
    // The receiver may have moved since the data file was written.
    this.state.webhookUrl = options.webhookUrl ?? this.state.webhookUrl;
    this.rate = new SimRate(options.rateLimit);
    this.journal = new SimJournal(options.dataFile && `${options.dataFile}.journal`);
    this.serial = this.journal.lastSerial;
    this.webhooks = new SimWebhooks(this);
  }

  freshState(): SimState {
    return { ...demoState(this.options.seed, Date.now()), webhookUrl: this.options.webhookUrl };
  }

  get state(): SimState {
    return this.store.state;
  }

  /** HighLevel names an app by the part of the client id before the first dash. */
  get appId(): string {
    return this.options.clientId.split('-')[0]!;
  }

  now(): number {
    return Date.now() + this.state.clockOffsetMs;
  }

  /** A length of time that `speed` shortens. */
  scaled(ms: number): number {
    return ms / this.options.speed;
  }

  /** Between `min` and `max`, following from the seed and the words. */
  between(min: number, max: number, ...words: (string | number)[]): number {
    return min + (max - min) * chance(this.options.seed, ...words);
  }

  makeId(kind: string): string {
    return idOf(this.options.seed, kind, ++this.state.made);
  }

  makeToken(kind: string): string {
    return tokenOf(`sim-${kind}-`, this.options.seed, kind, ++this.state.made);
  }

  /** Brings everything that happens by time up to now. */
  settle(): void {
    const now = this.now();
    settleLoads(this, now);
    const gone = this.state.users.filter((user) => user.goneAt !== undefined && user.goneAt <= now);
    if (gone.length === 0) return;
    this.state.users = this.state.users.filter((user) => !gone.includes(user));
    this.store.changed();
  }
}
