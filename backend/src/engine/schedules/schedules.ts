import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Log } from '../../platform/logging/index.js';
import { type CatchUp, dueSlots } from './due-slots.js';

export interface Schedule {
  /** Stored with each slot: never rename. */
  name: string;
  cron: string;
  timeZone: string;
  catchUp: CatchUp;
  /** Must be safe to repeat: when a process ends in the middle, another one fires the slot again. */
  fire(slot: Date): Promise<void>;
}

/** A slot that is firing for longer than this has lost its process. */
const abandonedAfter = '5 minutes';

/** Every replica looks; the one that inserts a slot fires it. There is no leader to lose. */
@Injectable()
export class Schedules {
  private readonly schedules = new Map<string, Schedule>();
  private ticking = false;
  private looking = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
  ) {}

  add(schedule: Schedule): void {
    if (this.schedules.has(schedule.name)) throw new Error(`The schedule ${schedule.name} exists twice.`);
    this.schedules.set(schedule.name, schedule);
  }

  /** Only workers fire schedules. */
  start(): void {
    this.ticking = true;
  }

  stop(): void {
    this.ticking = false;
  }

  @Interval(5_000)
  protected async tick(): Promise<void> {
    if (!this.ticking || this.looking) return;
    this.looking = true;
    try {
      for (const schedule of this.schedules.values()) await this.fireDue(schedule);
    } catch (error) {
      this.log.warn('Could not look at the schedules', { error });
    } finally {
      this.looking = false;
    }
  }

  private async fireDue(schedule: Schedule): Promise<void> {
    const [{ now, last }] = await this.dataSource.query<{ now: Date; last: Date | null }[]>(
      'SELECT now() AS now, (SELECT max(slot) FROM cron_slots WHERE name = $1) AS last',
      [schedule.name],
    );
    // A schedule that is seen for the first time owes nothing to the past, but fires a slot that is just due.
    const since = last ?? new Date(now.getTime() - 60_000);
    for (const { slot, outcome } of dueSlots(schedule.cron, schedule.timeZone, since, now, schedule.catchUp)) {
      const taken = await this.dataSource.query<unknown[]>(
        'INSERT INTO cron_slots (name, slot, outcome, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1',
        outcome === 'fired'
          ? [schedule.name, slot, 'firing', null]
          : [schedule.name, slot, 'skipped', `catch-up policy: ${schedule.catchUp}`],
      );
      if (taken.length > 0 && outcome === 'fired') await this.fire(schedule, slot);
    }
    for (const slot of await this.abandoned(schedule.name)) await this.fire(schedule, slot);
  }

  private async abandoned(name: string): Promise<Date[]> {
    const [taken] = await this.dataSource.query<[{ slot: Date }[], number]>(
      `UPDATE cron_slots SET fired_at = now()
       WHERE name = $1 AND outcome = 'firing' AND fired_at < now() - $2::interval RETURNING slot`,
      [name, abandonedAfter],
    );
    return taken.map(({ slot }) => slot);
  }

  private async fire(schedule: Schedule, slot: Date): Promise<void> {
    const failure = await schedule.fire(slot).then(
      () => undefined,
      (error: unknown) => error ?? 'unknown',
    );
    if (failure !== undefined) this.log.error('A schedule failed', { schedule: schedule.name, slot, error: failure });
    await this.dataSource.query('UPDATE cron_slots SET outcome = $3 WHERE name = $1 AND slot = $2', [
      schedule.name,
      slot,
      failure === undefined ? 'fired' : 'failed',
    ]);
  }
}
