import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Fault } from '../fault.js';
import type { Try } from '../try.js';

const expiriesOf = ({ isQuick }: Try) => (isQuick ? 2 : 10);
const refreshes = async (on: Try, after: number) =>
  (await on.world.simulator.journal(after)).filter(({ path }) => path === '/oauth/token');

/** Everybody needs a token in the same moment, and the refresh token is good for one use. */
export const f46: Fault = {
  id: 'F46',
  title: 'All workers renew one connection at once; one dies with the answer in flight',
  holds: 'one refresh for each expiry, none refused; a lost answer overwrites nothing and the old token is used on',
  modes: ['cluster'],
  async run(on) {
    const { world } = on;
    for (let expiry = 0; expiry < expiriesOf(on); expiry++) {
      const since = await world.simulator.lastSerial();
      await world.postgres.rows('UPDATE ghl_connections SET refresh_due_at = now()');
      const orders = await Promise.all(Array.from({ length: 8 }, () => on.order('value')));
      on.strike('the connection is due for renewal');
      await Promise.all(orders.map((order) => on.place(order)));
      await until(async () => ((await refreshes(on, since)).length > 0 ? true : undefined));
      await on.settle(30_000);
      const asked = await refreshes(on, since);
      on.expect(
        asked.length === 1 && asked[0].status === 200,
        'one refresh, accepted',
        asked.map(({ status }) => status),
      );
    }
    await dieWithTheAnswer(on);
  },
};

/** The new chain is lost with the process: work goes on with the old token until it ends. */
async function dieWithTheAnswer(on: Try): Promise<void> {
  const { world } = on;
  const token = { match: { path: '^/oauth/token$' }, kind: 'hold' as const, when: 'after' as const };
  await on.fault(token);
  await world.postgres.rows('UPDATE ghl_connections SET refresh_due_at = now()');
  const order = await on.order('value');
  const placing = on.place(order, 60_000);
  const held = await on.held([token]);
  await on.kill(world.processes);
  await on.release(held);
  await world.whole();
  await placing;
  await on.settle(60_000);
  on.expect((await on.states()).get(order.jobId!) === 'done', 'work goes on with the old access token');
  await pause(100);
  // Only a person can give a new chain; what the product may not do is to forget the old access token before.
  await world.connect();
}
