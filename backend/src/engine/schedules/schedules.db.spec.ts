import { DataSource } from 'typeorm';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import { Log } from '../../platform/logging/index.js';
import { Schedules } from './schedules.js';

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

  const schedulers = (count: number, name: string, fire: (slot: Date) => Promise<void>) =>
    Array.from({ length: count }, () => {
      const { app } = world.processes[0];
      const schedules = new TickedSchedules(app.get(DataSource), app.get(Log));
      schedules.add({ name, cron: '* * * * * *', timeZone: 'UTC', catchUp: 'all', fire });
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
