import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import { TcpProxy } from '../tcp-proxy.js';

/** The commit is made, its 202 never arrives, and the process is gone. */
export const f10: Fault = {
  id: 'F10',
  title: 'API killed after the commit, before the answer leaves',
  holds: 'asking again with the same key gives the same job and begins no second one',
  modes: both,
  async run(on) {
    const { world } = on;
    const order = await on.order('plain');
    const victim = on.random.oneOf(world.apis);
    const cable = await TcpProxy.before({ port: victim.port });
    cable.swallowAnswers();
    const asked = on.tryToPlace(order, { url: `http://127.0.0.1:${cable.port}` });
    const begun = () =>
      world.postgres.rows<{ id: string }>('SELECT id FROM runs WHERE title LIKE $1 AND saga = $2', [
        `%${order.token}%`,
        'provisioning',
      ]);
    const [{ id }] = await until(async () => ((await begun()).length > 0 ? begun() : undefined));
    await on.random.pause(0, 300);
    await on.kill([victim]);
    await cable.close();
    on.expect(!(await asked), 'the first asking heard nothing');
    await world.whole();
    await on.place(order);
    on.expect(order.jobId === id && (await begun()).length === 1, 'the same key is the same job');
  },
};
