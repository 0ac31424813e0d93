import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';

/** The row is there, the nudge cannot leave, and the process that should have sent it dies. */
export const f08: Fault = {
  id: 'F08',
  title: 'API killed between the row and its nudge',
  holds: 'the row is taken up within 5 s, and asking again with the same key finds it',
  modes: both,
  async run(on) {
    const { world } = on;
    const order = await on.order('plain');
    const victim = on.random.oneOf(world.apis);
    world.redis?.freeze();
    const asked = on.tryToPlace(order, victim);
    const id = await until(async () => {
      const [row] = await world.postgres.rows<{ id: string }>('SELECT id FROM runs WHERE op_key LIKE $1', [
        `%${order.token}`,
      ]);
      return row?.id;
    });
    await on.kill([victim]);
    world.redis?.thaw();
    await asked;
    await world.whole();
    const since = performance.now();
    await until(async () => {
      const [row] = await world.postgres.rows<{ attempts: number }>('SELECT attempts FROM runs WHERE id = $1', [id]);
      return row.attempts > 0 || undefined;
    });
    on.expect(performance.now() - since < 5_000, 'taken up within 5 s', Math.round(performance.now() - since));
    await on.place(order);
    on.expect(order.jobId === id, 'the same key is the same job');
  },
};
