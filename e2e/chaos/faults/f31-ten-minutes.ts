import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { both, type Fault, slack } from '../fault.js';
import { endStates, type Try } from '../try.js';
import { placeFor } from './f50-noisy-neighbour.js';

const minutesOf = ({ isQuick }: Try) => (isQuick ? 0.5 : 10);
/** After a refusal nothing is asked for the rest of the window, which the simulator's headers tell: 2 s. */
const probesAMinute = 30;
/** What may be on its way when the first refusal arrives. */
const inFlight = 20;
const endsWithinMs = 15_000 * slack;

export const tenMinutesOf429: Fault = {
  id: 'F31-10MIN',
  title: 'HighLevel refuses with 429 for ten minutes',
  holds:
    'work waits in the database and asks once per window; another agency is unaffected; then all is done, nothing twice',
  modes: both,
  isLong: true,
  async run(on) {
    const { world } = on;
    const other = await world.anotherAgency(on.name);
    const [{ id: companyId }] = (await world.simulator.state()).companies;
    const headers = on.random.oneOf<Record<string, string>>([{ 'retry-after': '1' }, {}]);
    const creation = { method: 'POST', path: '^/locations/$', about: companyId };
    await on.fault({ match: creation, kind: 'status', status: 429, times: 1_000_000, headers });
    const serial = await world.simulator.lastSerial();
    const orders = await Promise.all(Array.from({ length: 6 }, () => on.order('plain')));
    on.strike('HighLevel refuses what they make');
    await Promise.all(orders.map((order) => on.place(order)));

    for (let minute = 0; minute < minutesOf(on); minute++) {
      await pause(Math.min(1, minutesOf(on)) * 60_000);
      await endsBeside(on, await placeFor(on, other.headers, minute));
    }
    const states = [...(await on.states()).values()];
    on.expect(!states.some((state) => endStates.includes(state)), 'the work waits', states);
    const refused = (await world.simulator.journal(serial)).filter(({ status }) => status === 429).length;
    on.expect(refused <= minutesOf(on) * probesAMinute + inFlight, 'one probe per window', refused);

    await world.simulator.clearFaults();
    on.strike('HighLevel takes it again');
  },
};

async function endsBeside(on: Try, job: string): Promise<void> {
  const began = performance.now();
  await until(async () => {
    const [{ state }] = await on.world.postgres.rows<{ state: string }>('SELECT state FROM runs WHERE id = $1', [job]);
    return state === 'done' || undefined;
  }, endsWithinMs);
  on.note('a job of another agency took', Math.round(performance.now() - began));
}
