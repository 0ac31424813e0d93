import { DataSource } from 'typeorm';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import type { CatchUp } from './due-slots.js';
import { Log } from '../../platform/logging/index.js';
import { Schedules } from './schedules.js';

const allButDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

/** `tick` is driven by the interval in production. */
class TickedSchedules extends Schedules {
  look = () => this.tick();
}

describe('schedules', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await EngineWorld.begin();
  });
  afterAll(() => world.end());

  const schedulers = (
    count: number,
    name: string,
    fire: (slot: Date) => Promise<void>,
    { cron, catchUp }: { cron: string; catchUp: CatchUp } = { cron: '* * * * * *', catchUp: 'all' },
  ) =>
    Array.from({ length: count }, () => {
      const { app } = world.processes[0];
      const schedules = new TickedSchedules(app.get(DataSource), app.get(Log));
      schedules.add({ name, cron, timeZone: 'UTC', catchUp, fire });
      schedules.start();
      return schedules;
    });
  const query = <Row>(sql: string, values: unknown[] = []) =>
    world.processes[0].app.get(DataSource).query<Row[]>(sql, values);

  it('four schedulers fire each slot once', async () => {
    const fired: string[] = [];
    const four = schedulers(4, 'four', async (slot) => void fired.push(slot.toISOString()));
    await Promise.all(four.map((one) => one.look()));
    await Promise.all(four.map((one) => one.look()));
    expect(fired.length).toBeGreaterThan(50);
    expect(new Set(fired).size).toBe(fired.length);
  });

  describe('after three hours in which nobody was there', () => {
    const minutes = (date: Date) => Math.floor(date.getTime() / 60_000);

    /** Four schedulers that believe it is earlier or later than the database does. */
    async function comeBack(name: string, catchUp: CatchUp, clockOffMs: number) {
      const fired: Date[] = [];
      const four = schedulers(4, name, async (slot) => void fired.push(slot), { cron: '*/5 * * * *', catchUp });
      await query(
        `INSERT INTO cron_slots (name, slot, outcome)
         SELECT $1, date_bin('5 minutes', now(), '2026-01-01') - interval '3 hours', 'fired'`,
        [name],
      );
      jest.useFakeTimers({ now: Date.now() + clockOffMs, doNotFake: [...allButDate] });
      await Promise.all(four.map((one) => one.look()));
      await Promise.all(four.map((one) => one.look()));
      jest.useRealTimers();
      const rows = await query<{ slot: Date; outcome: string; reason: string | null; young: boolean; early: boolean }>(
        `SELECT slot, outcome, reason, slot > now() - interval '65 s' AS young, slot > now() AS early FROM cron_slots WHERE name = $1 ORDER BY slot OFFSET 1`,
        [name],
      );
      expect(new Set(fired.map(minutes)).size).toBe(fired.length);
      expect(fired.map(minutes).sort()).toEqual(
        rows.filter(({ outcome }) => outcome === 'fired').map(({ slot }) => minutes(slot)),
      );
      expect(rows.filter(({ early }) => early)).toEqual([]);
      expect(rows.length).toBeGreaterThanOrEqual(36);
      expect(rows.length).toBeLessThanOrEqual(37);
      return rows;
    }
    const offBy = [0, 7 * 60_000, -7 * 60_000];

    it.each(offBy)('skip: writes each down as skipped, with the reason; clocks off by %i ms', async (off) => {
      const rows = await comeBack(`skip ${off}`, 'skip', off);
      for (const row of rows.filter(({ young }) => !young))
        expect(row).toMatchObject({ outcome: 'skipped', reason: 'catch-up policy: skip' });
    });

    it.each(offBy)('one: fires the newest, and writes the others down; clocks off by %i ms', async (off) => {
      const rows = await comeBack(`one ${off}`, 'one', off);
      expect(rows.map(({ outcome }) => outcome)).toEqual([...rows.slice(1).map(() => 'skipped'), 'fired']);
      expect(rows[0].reason).toBe('catch-up policy: one');
    });

    it.each(offBy)('all: fires each once; clocks off by %i ms', async (off) => {
      const rows = await comeBack(`all ${off}`, 'all', off);
      expect(rows.every(({ outcome, reason }) => outcome === 'fired' && reason === null)).toBe(true);
    });
  });

  it('a slot whose process died while firing is fired again', async () => {
    const fired: string[] = [];
    const [one] = schedulers(1, 'died', async (slot) => void fired.push(slot.toISOString()));
    const slot = '2026-01-01T00:00:00.000Z';
    const alsoNow = `INSERT INTO cron_slots (name, slot, outcome) VALUES ('died', date_trunc('second', now()), 'fired')`;
    await query(alsoNow);
    await query(
      `INSERT INTO cron_slots (name, slot, outcome, fired_at) VALUES ('died', $1, 'firing', now() - interval '1 hour')`,
      [slot],
    );
    await one.look();
    expect(fired.filter((each) => each === slot)).toHaveLength(1);
    await one.look();
    expect(fired.filter((each) => each === slot)).toHaveLength(1);
  });

  it('a schedule that fails is written down and does not stop the others', async () => {
    const [one] = schedulers(1, 'fails', () => Promise.reject(new Error('no')));
    let fired = 0;
    one.add({
      name: 'other',
      cron: '* * * * * *',
      timeZone: 'UTC',
      catchUp: 'one',
      fire: async () => void fired++,
    });
    await one.look();
    expect(fired).toBe(1);
    expect(await query(`SELECT DISTINCT outcome FROM cron_slots WHERE name = 'fails'`)).toEqual([
      { outcome: 'failed' },
    ]);
  });

  it('refuses a second schedule of the same name', () => {
    const [one] = schedulers(1, 'twice', async () => undefined);
    expect(() =>
      one.add({ name: 'twice', cron: '* * * * *', timeZone: 'UTC', catchUp: 'one', fire: async () => undefined }),
    ).toThrow('exists twice');
  });
});
