import { dueSlots } from './due-slots.js';

const at = (text: string) => new Date(`2026-11-20T${text}Z`);
const fired = (slots: ReturnType<typeof dueSlots>) =>
  slots.filter((slot) => slot.outcome === 'fired').map((slot) => slot.slot.toISOString().slice(11, 19));

describe('dueSlots', () => {
  it('fires a slot that is on time, whatever the policy', () => {
    for (const policy of ['skip', 'one', 'all'] as const)
      expect(fired(dueSlots('0 * * * *', 'UTC', at('06:00:00'), at('07:00:05'), policy))).toEqual(['07:00:00']);
  });

  it('fires nothing twice: slots begin after the last one', () => {
    expect(dueSlots('0 * * * *', 'UTC', at('07:00:00'), at('07:59:59'), 'all')).toEqual([]);
  });

  it('after three hours away skips all, catches one, or catches all', () => {
    const away = (policy: 'skip' | 'one' | 'all') =>
      dueSlots('0 * * * *', 'UTC', at('06:00:00'), at('09:30:00'), policy);
    expect(away('skip').map((slot) => slot.outcome)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(fired(away('one'))).toEqual(['09:00:00']);
    expect(fired(away('all'))).toEqual(['07:00:00', '08:00:00', '09:00:00']);
  });

  it('keeps the local hour over a change of daylight saving', () => {
    const [slot] = dueSlots(
      '0 7 * * *',
      'America/New_York',
      new Date('2026-10-31T12:00:00Z'),
      new Date('2026-11-01T12:00:30Z'),
      'one',
    );
    expect(slot.slot.toISOString()).toBe('2026-11-01T12:00:00.000Z');
  });

  const nights = (cron: string, from: string, to: string) =>
    dueSlots(cron, 'America/New_York', new Date(from), new Date(to), 'all').map(({ slot }) => slot.toISOString());

  it('fires once in the night when its hour comes twice, and once when it does not come', () => {
    expect(nights('30 1 * * *', '2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z')).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
    expect(nights('30 2 * * *', '2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z')).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ]);
  });

  it('fires each hour of a night that is longer or shorter once, wherever the last look ended', () => {
    const longNight = nights('0 * * * *', '2026-11-01T03:30:00Z', '2026-11-01T08:30:00Z');
    expect(longNight.map((slot) => slot.slice(11, 13))).toEqual(['04', '05', '06', '07', '08']);
    const shortNight = nights('0 * * * *', '2026-03-08T04:30:00Z', '2026-03-08T08:30:00Z');
    expect(shortNight.map((slot) => slot.slice(11, 13))).toEqual(['05', '06', '07', '08']);
    longNight.forEach((last, index) =>
      expect(nights('0 * * * *', last, '2026-11-01T08:30:00Z')).toEqual(longNight.slice(index + 1)),
    );
  });
});
