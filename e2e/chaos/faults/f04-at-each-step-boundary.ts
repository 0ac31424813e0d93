import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';

const steps = ['choose-snapshot', 'create-location', 'await-snapshot-load', 'apply-custom-values', 'invite-users'];

/** As soon as the row of a step says "done", its process dies; the step is drawn. */
export const f04: Fault = {
  id: 'F04',
  title: 'Killed at a step boundary',
  holds: 'the job goes on with the next step',
  modes: both,
  async run(on) {
    const step = on.random.oneOf(steps);
    const order = await on.placed('whole');
    on.note('waiting for the end of a step', step);
    await until(async () => {
      const [row] = await on.world.postgres.rows<{ state: string }>(
        'SELECT state FROM run_steps WHERE run_id = $1 AND name = $2',
        [order.jobId, step],
      );
      return row.state === 'done' || undefined;
    }, 30_000);
    await on.killOwners();
    await on.world.whole();
  },
};
