import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { rowsFromSql, rowStateSql } from './row-state.js';

export type HearBatches = (ids: readonly string[]) => void;

const LOOK_EVERY_MS = 1_000;

interface WatchedAgency {
  listeners: Set<HearBatches>;
  /** What could be seen of each open batch at the last look. */
  seen?: Map<string, string>;
}

/**
 * Tells who watches which batches have changed, whichever process changed them: at most once a second, and only that they
 * did. A hint may be missed; whoever hears one reads the batch.
 */
@Injectable()
export class BatchChanges implements OnModuleInit, OnModuleDestroy {
  private readonly agencies = new Map<TenantId, WatchedAgency>();
  private timer?: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly transaction: Transaction,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Returns the function that stops listening. */
  watch(tenant: TenantId, hear: HearBatches): () => void {
    const agency = this.agencies.get(tenant) ?? { listeners: new Set() };
    this.agencies.set(tenant, agency);
    agency.listeners.add(hear);
    return () => {
      agency.listeners.delete(hear);
      if (agency.listeners.size === 0 && this.agencies.get(tenant) === agency) this.agencies.delete(tenant);
    };
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      for (const [tenant, agency] of [...this.agencies]) {
        const [before, now] = [agency.seen, await this.open(tenant)];
        agency.seen = now;
        const moved = before ? [...now].filter(([id, face]) => before.get(id) !== face).map(([id]) => id) : [];
        const ended = before ? [...before.keys()].filter((id) => !now.has(id)) : [];
        if (moved.length + ended.length > 0) for (const hear of agency.listeners) hear([...moved, ...ended]);
      }
    } catch (error) {
      this.log.warn('The batches of a watched agency could not be looked at', { error });
    } finally {
      this.looking = false;
    }
  }

  /** Every batch of the last days that something may happen to, by its counts and when people last changed it. */
  private async open(tenant: TenantId): Promise<Map<string, string>> {
    const rows = await this.transaction.run(tenant, (tx) =>
      tx.query<{ id: string; face: string }>(
        `SELECT id, string_agg(state || count || updated, ',' ORDER BY state) AS face FROM (
           SELECT ba.id, ${rowStateSql} AS state, count(*) AS count, ba.phase || ba.paused || ba.updated_at::text AS updated
           FROM ${rowsFromSql}
           WHERE ba.agency_id = $1 AND (ba.updated_at > now() - interval '1 hour' OR (ba.phase IN ('checking','starting','started') AND EXISTS (
             SELECT 1 FROM runs o WHERE o.agency_id = ba.agency_id AND o.group_id = ba.id
               AND o.state IN ('ready','running','waiting','undoing'))))
           GROUP BY 1, 2, 4) AS counted GROUP BY id`,
        [tenant],
      ),
    );
    return new Map(rows.map(({ id, face }) => [id, face]));
  }
}
