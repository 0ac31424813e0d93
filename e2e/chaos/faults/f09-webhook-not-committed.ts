import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';

/** A webhook is being stored when its receiver dies: HighLevel hears no 2xx and sends it again. */
export const f09: Fault = {
  id: 'F09',
  title: 'API killed while it stores a webhook',
  holds: 'the sender hears a failure; what it sends again is stored and handled once',
  modes: both,
  async run(on) {
    const { world } = on;
    const [{ id: companyId }] = (await world.simulator.state()).companies;
    const unlock = await world.postgres.lock('inbox');
    const fields = {
      id: `loc-${on.name}`,
      companyId,
      name: `Told by ${on.name}`,
      email: `told.${on.name}@chaos.example`,
    };
    const { sent } = await world.simulator.post<{ sent: string[] }>('webhooks', {
      send: { type: 'LocationUpdate', fields },
    });
    try {
      await on.random.pause(50, 800);
      const [delivery] = (await world.simulator.state()).deliveries.filter(({ webhookId }) => webhookId === sent[0]);
      on.expect(delivery !== undefined, 'nobody has accepted what is not stored');
      await on.kill([world.apis[0]]);
    } finally {
      await unlock();
    }
    await world.whole();
    const stored = () =>
      world.postgres.rows<{ state: string }>('SELECT state FROM inbox WHERE dedupe_key LIKE $1', [`%:${sent[0]}`]);
    await until(async () => (await stored())[0]?.state === 'done' || undefined, 30_000);
    on.expect((await stored()).length === 1, 'stored once');
  },
};
