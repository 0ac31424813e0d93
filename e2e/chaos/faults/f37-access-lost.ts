import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import type { Try } from '../try.js';

type Loss = { what: string; act: (on: Try) => Promise<unknown>; reconnects: boolean };

const losses: Loss[] = [
  {
    what: 'the access token ends',
    act: ({ world }) => world.simulator.post('revoke', { tokens: 'access' }),
    reconnects: false,
  },
  {
    what: 'all tokens are revoked',
    act: ({ world }) => world.simulator.post('revoke', { tokens: 'all' }),
    reconnects: true,
  },
  { what: 'the app is uninstalled', act: ({ world }) => world.simulator.post('uninstall'), reconnects: true },
];

/** In the middle of sagas HighLevel no longer takes our tokens. */
export const f37: Fault = {
  id: 'F37',
  title: 'Access is lost in the middle: token expired, tokens revoked, app uninstalled',
  holds: 'an expired token is renewed once; otherwise jobs wait for the connection and go on without a repeat',
  modes: both,
  async run(on) {
    const loss = on.random.oneOf(losses);
    const orders = await Promise.all(['whole', 'plain', 'plain'].map((kind) => on.order(kind as 'plain')));
    await Promise.all(orders.map((order) => on.place(order)));
    await on.random.pause(100, 1_500);
    const serial = await on.world.simulator.lastSerial();
    on.strike(loss.what);
    await loss.act(on);
    if (loss.reconnects) {
      const held = until(async () => {
        const states = [...(await on.states()).values()];
        const rows = await on.world.postgres.rows<{ held: number }>(
          `SELECT count(*)::int AS held FROM runs WHERE id = ANY ($1) AND waiting_for = 'connection'`,
          [on.runIds()],
        );
        return rows[0].held + states.filter((state) => state === 'done').length === orders.length || undefined;
      }, 40_000);
      await held.catch((error: Error) => on.expect(false, 'they wait for the connection', error.message));
      const failed = [...(await on.states()).values()].filter((state) => state === 'failed');
      on.expect(failed.length === 0, 'they wait and do not fail');
      await on.world.connect();
    } else {
      await on.settle(30_000);
      const refreshes = (await on.world.simulator.journal(serial)).filter(({ path }) => path === '/oauth/token');
      on.expect(refreshes.length <= 1, 'one refresh for all', refreshes.length);
    }
  },
};
