import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Fault } from '../fault.js';

const schedule = 'ghl-token-refresh';

/** Four workers look at one schedule after three hours in which nobody did. */
export const f29: Fault = {
  id: 'F29',
  title: 'Four schedulers after three hours down',
  holds: 'each slot is fired once or skipped by the policy, and told; what it fires happens once',
  modes: ['cluster'],
  async run(on) {
    const { postgres, simulator } = on.world;
    const fired = () =>
      postgres.rows<{ slot: Date; outcome: string }>(
        `SELECT slot, outcome FROM cron_slots WHERE name = $1 AND slot > now() - interval '3 hours' ORDER BY slot`,
        [schedule],
      );
    // A look that is under way knows another past, that of the try before.
    await pause(1_500);
    await postgres.rows('UPDATE ghl_connections SET refresh_due_at = now()');
    const serial = await simulator.lastSerial();
    on.strike('nobody has looked for three hours');
    // At once: a schedule without any past owes nothing to it.
    await postgres.rows(`DO $$ BEGIN
      DELETE FROM cron_slots WHERE name = '${schedule}';
      INSERT INTO cron_slots (name, slot, outcome) VALUES ('${schedule}', date_trunc('minute', now()) - interval '3 hours', 'fired');
    END $$`);
    await on.random.pause(0, 500);
    const isTold = async () => {
      const slots = await fired();
      return slots.length >= 179 && slots.some(({ outcome }) => outcome === 'fired');
    };
    await until(async () => (await isTold()) || undefined, 30_000);
    const slots = await fired();
    const count = slots.filter(({ outcome }) => outcome !== 'skipped').length;
    // The minute may turn while this runs: then the next slot is due as well.
    on.expect(count >= 1 && count <= 2, 'one of the missed slots is fired', count);
    on.expect(slots.length >= 179, 'each other one is told as skipped', slots.length);
    const refreshes = (await simulator.journal(serial)).filter(({ path }) => path === '/oauth/token');
    on.expect(refreshes.length === 1, 'one refresh for one due connection', refreshes.length);
  },
};
