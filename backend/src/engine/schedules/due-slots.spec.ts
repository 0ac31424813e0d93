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
});
