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
/** Another process tells the events of one that died after this time; longer than any listener should take. */
const hiddenMs = 60_000;
const putOffMs = (attempts: number) => Math.min(1_000 * 2 ** (attempts - 1), 300_000);

interface OutboxRow {
  id: string;
  agency_id: string;
  type: string;
  payload: Record<string, unknown>;
  attempts: number;
}

/** Takes events from the outbox, oldest first, and tells them to the listeners of this process. Holds no transaction meanwhile. */
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

  private async passBatch(): Promise<number> {
    const rows = await this.dataSource.query<OutboxRow[]>('SELECT * FROM outbox_take($1, $2) ORDER BY id', [
      batch,
      hiddenMs,
    ]);
    const told: string[] = [];
    for (const row of rows) {
      if (await this.tell(row)) told.push(row.id);
      else await this.putOff(row);
    }
    if (told.length > 0) await this.dataSource.query('SELECT outbox_told($1)', [told]);
    return rows.length;
  }

  private async tell({ id, agency_id, type, payload }: OutboxRow): Promise<boolean> {
    const event = { id: Number(id), tenant: asTenantId(agency_id), type, payload };
    try {
      for (const listener of this.listeners.get(type) ?? []) await listener(event);
      return true;
    } catch (error) {
      this.log.error('A listener failed', { type, tenantId: agency_id, error });
      return false;
    }
  }

  private async putOff({ id, attempts, type, agency_id }: OutboxRow): Promise<void> {
    const enough = attempts >= attemptsAtMost;
    if (enough) this.log.error('An event was told often enough without success', { type, tenantId: agency_id });
    await this.dataSource.query('SELECT outbox_put_off($1, $2)', [id, enough ? null : putOffMs(attempts)]);
  }
}
