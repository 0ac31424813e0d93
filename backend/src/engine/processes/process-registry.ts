import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { RingKeys } from '../../platform/crypto/index.js';
import { Log } from '../../platform/logging/index.js';
import { HeldRuns } from '../runs/held-runs.js';
import { RunWorker } from '../runs/run-worker.js';
import { productVersion } from './product-version.js';

export type ProcessKind = 'api' | 'worker' | 'embedded';

const beatMs = 5_000;
/** Three beats: a process that was silent for longer is shown as gone. */
export const aliveMs = 3 * beatMs;

/**
 * Writes this process into the table processes, on database time. Only a picture for people and for slow decisions such as
 * "does every process know this key": leases, not this table, say who may carry a run.
 */
@Injectable()
export class ProcessRegistry {
  private kind?: ProcessKind;
  private timer?: NodeJS.Timeout;
  private beating: Promise<void> = Promise.resolve();
  private draining = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly held: HeldRuns,
    private readonly worker: RunWorker,
    private readonly ringKeys: RingKeys,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async start(kind: ProcessKind): Promise<void> {
    this.kind = kind;
    this.timer = setInterval(() => void this.beat(), beatMs);
    await this.beat();
  }

  /** It takes nothing new from now on; its row goes when it has ended. */
  async drain(): Promise<void> {
    this.draining = true;
    if (this.kind) await this.beat();
  }

  async stop(): Promise<void> {
    if (!this.kind) return;
    clearInterval(this.timer);
    await this.beating;
    await this.dataSource
      .query('DELETE FROM processes WHERE id = $1', [this.held.owner])
      .catch((error) => this.log.warn('This process could not be taken off the list', { error }));
  }

  private beat(): Promise<void> {
    this.beating = this.beating
      .then(() => this.write())
      .catch((error) => this.log.warn('This process could not be listed', { error }));
    return this.beating;
  }

  /** Rows of processes that were killed stay for a day: somebody may want to know. */
  private async write(): Promise<void> {
    await this.dataSource.query(
      `WITH forgotten AS (DELETE FROM processes WHERE beat_at < now() - interval '1 day' AND id <> $1)
       INSERT INTO processes (id, kind, host, pid, version, concurrency, carrying, draining, vault_keys)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (id) DO UPDATE SET beat_at = now(), carrying = excluded.carrying, draining = excluded.draining,
         vault_keys = excluded.vault_keys`,
      [
        this.held.owner,
        this.kind,
        hostname(),
        process.pid,
        productVersion(),
        this.kind === 'api' ? 0 : this.config.WORKER_CONCURRENCY,
        this.worker.carrying,
        this.draining,
        await this.ringKeys.held(),
      ],
    );
  }
}
