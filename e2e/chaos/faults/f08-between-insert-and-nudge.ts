import { until } from '../../support/until.js';
import { both, type Fault, slack } from '../fault.js';
import type { Try } from '../try.js';

/** The row is there, the nudge cannot leave, and the process that should have sent it dies. */
export const f08: Fault = {
  id: 'F08',
  title: 'API killed between the row and its nudge',
  holds: 'the row is taken up soon after the restart, and asking again with the same key finds it',
  modes: both,
  async run(on) {
    const { world } = on;
    const order = await on.order('plain');
    const victim = on.random.oneOf(world.apis);
    const asked = on.tryToPlace(order, victim);
    const id = await rowOf(on, order.token).finally(() => on.kill([victim]).then(() => world.redis?.thaw()));
    await asked;
    await world.whole();
    const since = performance.now();
    await until(async () => {
      const [row] = await world.postgres.rows<{ attempts: number }>('SELECT attempts FROM runs WHERE id = $1', [id]);
      return row.attempts > 0 || undefined;
    });
    on.expect(performance.now() - since < 5_000 * slack, 'taken up soon', Math.round(performance.now() - since));
    await on.place(order);
    on.expect(order.jobId === id, 'the same key is the same job');
  },
};

/** Planning needs Redis for the budget; from when the planning has searched on, Redis no longer takes the nudge. */
async function rowOf(on: Try, token: string): Promise<string> {
  const { world } = on;
  return until(async () => {
    const heard = await world.simulator.journal(on.sinceSerial);
    // The last question of planning: who of the people is known.
    if (heard.some(({ path, body }) => path.startsWith('/users/search') && JSON.stringify(body).includes(token)))
      world.redis?.freeze();
    const [row] = await world.postgres.rows<{ id: string }>('SELECT id FROM runs WHERE op_key LIKE $1', [`%${token}`]);
    return row?.id;
  });
}
