import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { both, type Fault } from '../fault.js';

const library = findLibrary();

function findLibrary(): string | undefined {
  const root = '/usr/lib';
  const places = readdirSync(root).map((name) => join(root, name, 'faketime/libfaketime.so.1'));
  return places.find((file) => existsSync(file));
}

const skewed = (minutes: number) => ({
  LD_PRELOAD: library!,
  FAKETIME: `${minutes > 0 ? '+' : '-'}${Math.abs(minutes * 60)}`,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});

/** Seven minutes ahead here, seven behind there. */
export const f30: Fault = {
  id: 'F30',
  title: 'Clocks are seven minutes apart',
  holds: 'leases go by the clock of the database; tokens are not refreshed in a loop; what was begun ends',
  modes: library ? both : [],
  async run(on) {
    const { world } = on;
    const [worker] = world.workers;
    const api = world.apis.at(-1)!;
    const sign = on.random.oneOf([1, -1]);
    await on.kill([...new Set([worker, api])]);
    await api.start(skewed(7 * sign));
    if (worker !== api) await worker.start(skewed(-7 * sign));
    await world.whole();
    const orders = await Promise.all(['whole', 'plain', 'takeover', 'plain'].map((kind) => on.order(kind as 'plain')));
    await Promise.all(orders.map((order) => on.place(order)));
    await on.settle(40_000);
    const refreshes = (await world.simulator.journal(on.sinceSerial)).filter(({ path }) => path === '/oauth/token');
    on.expect(refreshes.length <= 1, 'no loop of refreshes', refreshes.length);
    const rows = await world.postgres.rows<{ ordered: boolean }>(
      'SELECT bool_and(seq = n) AS ordered FROM (SELECT seq, row_number() OVER (PARTITION BY agency_id ORDER BY seq) AS n FROM audit_entries) AS each',
    );
    on.expect(rows[0].ordered, 'the audit goes by its numbers');
    await on.kill([...new Set([worker, api])]);
    await world.whole();
  },
};
