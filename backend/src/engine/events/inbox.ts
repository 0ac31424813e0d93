import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { asTenantId, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { storableJson } from '../storable-json.js';

export interface ArrivedEvent {
  provider: string;
  /** The provider's own id of the event: the same id is the same event. */
  key: string;
  /** Undefined while no connection of ours is known for the account. */
  tenant?: TenantId;
  /** The provider's account the event is about. */
  account?: string;
  type: string;
  payload: Record<string, unknown>;
  occurredAt?: Date;
}

export interface StoredEvent {
  key: string;
  type: string;
  payload: Record<string, unknown>;
  occurredAt: Date | null;
}

/** Runs in one transaction with the mark that the event was handled: both or neither. */
export type InboxHandler = (tx: Tx, event: StoredEvent) => Promise<void>;

const batch = 100;
const attemptsAtMost = 10;
const firstPauseMs = 1_000;

/** Events that providers sent us: stored before they are answered, handled once. */
@Injectable()
export class Inbox {
  private readonly handlers = new Map<string, InboxHandler>();
  private timer?: NodeJS.Timeout;
  private working?: Promise<void>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  handle(provider: string, handler: InboxHandler): void {
    if (this.handlers.has(provider)) throw new Error(`Events of ${provider} have two handlers.`);
    this.handlers.set(provider, handler);
  }

  /** True: stored now. False: it was stored before. Throws when it could not be stored: then the provider must send it again. */
  async accept(event: ArrivedEvent): Promise<boolean> {
    const [{ stored }] = await this.dataSource.query<{ stored: boolean }[]>(
      'SELECT inbox_accept($1, $2, $3, $4, $5, $6, $7) AS stored',
      [
        event.provider,
        event.key,
        event.tenant ?? null,
        event.account ?? null,
        event.type,
        storableJson(event.payload),
        event.occurredAt ?? null,
      ],
    );
    if (stored && event.tenant && this.timer) setImmediate(() => this.work());
    return stored;
  }

  /** Events of this account that arrived before the agency connected it. */
  async claimAccount(tx: Tx, provider: string, account: string): Promise<void> {
    await tx.query('SELECT inbox_claim_account($1, $2, $3)', [provider, account, tx.tenant]);
  }

  /** Newest first; for a step that looks for evidence. */
  async find(tx: Tx, provider: string, type: string, since: Date): Promise<StoredEvent[]> {
    return tx.query<StoredEvent>(
      `SELECT dedupe_key AS key, type, payload, occurred_at AS "occurredAt" FROM inbox
       WHERE agency_id = $1 AND provider = $2 AND type = $3 AND received_at >= $4 ORDER BY received_at DESC LIMIT 1000`,
      [tx.tenant, provider, type, since],
    );
  }

  start(): void {
    this.timer = setInterval(() => this.work(), this.config.SWEEP_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.working;
  }

  private work(): void {
    this.working ??= this.workAll().finally(() => (this.working = undefined));
  }

  private async workAll(): Promise<void> {
    try {
      const open = await this.dataSource.query<{ agency_id: string; provider: string; dedupe_key: string }[]>(
        'SELECT * FROM inbox_open_events($1)',
        [batch],
      );
      for (const event of open) await this.workOne(asTenantId(event.agency_id), event.provider, event.dedupe_key);
    } catch (error) {
      this.log.warn('Arrived events could not be handled yet', { error });
    }
  }

  private async workOne(tenant: TenantId, provider: string, key: string): Promise<void> {
    try {
      await this.transaction.run(tenant, async (tx) => {
        const [event] = await tx.query<StoredEvent>(
          `SELECT dedupe_key AS key, type, payload, occurred_at AS "occurredAt" FROM inbox
           WHERE provider = $1 AND dedupe_key = $2 AND state = 'new' FOR UPDATE SKIP LOCKED`,
          [provider, key],
        );
        if (!event) return;
        await this.handlers.get(provider)?.(tx, event);
        await tx.query(`UPDATE inbox SET state = 'done', error = NULL WHERE provider = $1 AND dedupe_key = $2`, [
          provider,
          key,
        ]);
      });
    } catch (error) {
      this.log.error('An arrived event could not be handled', { provider, tenantId: tenant, error });
      await this.transaction.run(tenant, (tx) =>
        tx.query(
          `UPDATE inbox SET attempts = attempts + 1, error = $3, state = CASE WHEN attempts + 1 >= $4 THEN 'failed' ELSE state END,
             try_at = now() + $5::int * 2 ^ attempts * interval '1 ms'
           WHERE provider = $1 AND dedupe_key = $2`,
          [
            provider,
            key,
            storableJson({ detail: error instanceof Error ? error.message : String(error) }),
            attemptsAtMost,
            firstPauseMs,
          ],
        ),
      );
    }
  }
}
