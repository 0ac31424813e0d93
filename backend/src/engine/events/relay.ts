import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { asTenantId, type TenantId } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import type { DomainEvent } from './outbox.js';

export interface ToldEvent extends DomainEvent {
  /** Grows with time; the same for every telling of one event. */
  id: number;
  tenant: TenantId;
}
/** May be called more than once with the same event. */
export type Listener = (event: ToldEvent) => Promise<void> | void;

const batch = 200;
const attemptsAtMost = 8;

/** Takes events from the outbox, oldest first, and tells them to the listeners of this process. */
@Injectable()
export class Relay {
  private readonly listeners = new Map<string, Listener[]>();
  private timer?: NodeJS.Timeout;
  private passing?: Promise<void>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  on(type: string, listener: Listener): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  start(): void {
    this.timer = setInterval(() => this.pass(), Math.min(500, this.config.SWEEP_MS));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.passing;
  }

  /** Tell what is there, soon. */
  pass(): void {
    this.passing ??= this.passAll().finally(() => (this.passing = undefined));
  }

  private async passAll(): Promise<void> {
    try {
      while ((await this.passBatch()) === batch);
    } catch (error) {
      this.log.warn('Events could not be told; they stay in the outbox', { error });
    }
  }

  private passBatch(): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const rows: {
        id: string;
        agency_id: string;
        type: string;
        payload: Record<string, unknown>;
        attempts: number;
      }[] = await manager.query('SELECT id, agency_id, type, payload, attempts FROM outbox_take($1) ORDER BY id', [
        batch,
      ]);
      for (const row of rows) {
        const told = await this.tell({
          id: Number(row.id),
          tenant: asTenantId(row.agency_id),
          type: row.type,
          payload: row.payload,
        });
        if (told || row.attempts + 1 >= attemptsAtMost) continue;
        await manager.query(`SELECT set_config('app.agency_id', $1, true)`, [row.agency_id]);
        await manager.query('INSERT INTO outbox (agency_id, type, payload, attempts) VALUES ($1, $2, $3, $4)', [
          row.agency_id,
          row.type,
          row.payload,
          row.attempts + 1,
        ]);
      }
      return rows.length;
    });
  }

  private async tell(event: ToldEvent): Promise<boolean> {
    try {
      for (const listener of this.listeners.get(event.type) ?? []) await listener(event);
      return true;
    } catch (error) {
      this.log.error('A listener failed', { type: event.type, tenantId: event.tenant, error });
      return false;
    }
  }
}
