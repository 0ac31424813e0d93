import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { type Fault, slack } from '../fault.js';
import type { SimulatorProcess } from '../simulator-process.js';
import type { Try } from '../try.js';
import { unnoticedMs, waits } from './f50-noisy-neighbour.js';

const jobsOf = ({ isQuick }: Try) => (isQuick ? 200 : 10_000);
const goesOnWithinMs = 60_000 * slack;
const endsWithinMs = 40 * 60_000;

/**
 * As in production, some 600 others are made between a sub-account and the first look for a second one. Answers may take
 * longer than elsewhere in the suite: this much work keeps a machine busy that has to play HighLevel as well.
 */
const env = { LOCATION_AUDIT_AFTER: '20s,60s,120s', CALL_DEADLINE_MS: '5000' };

interface Batch {
  id: string;
  state: string;
  counts: Record<string, number> & { total: number };
  plan: { planHash: string } | null;
}

/** F50, F44 and F17 one after the other, on the same work. */
export const tenThousand: Fault = {
  id: 'F17+F44+F50',
  title: '10,000 jobs of an agency whose HighLevel fails and comes back; then Redis is flushed three times',
  holds:
    'another agency waits at most twice as long as if it were alone; no 429; work goes on within a minute; each job is done, none twice',
  modes: ['cluster'],
  isLong: true,
  world: { env },
  async run(on) {
    const { world } = on;
    const { companyId, headers } = await world.anotherAgency(on.name);
    const alone = await waits(on);
    const isUnnoticed = async (when: string) => {
      const beside = await waits(on);
      const promise = `another agency's wait is at most doubled ${when}`;
      on.expect(beside <= Math.max(2 * alone, unnoticedMs), promise, { alone, beside });
    };

    const batch = await readyBatch(on, headers);
    const look = () => world.must<Batch>('GET', batch, undefined, headers);
    const { planHash } = (await look()).plan!;
    await on.fault({ match: { about: companyId }, kind: 'status', status: 503, times: 1_000_000 });
    on.strike('the agency begins, and its HighLevel fails');
    await world.must('POST', `${batch}/start`, { planHash }, headers);
    await until(async () => ((await look()).state === 'running' ? true : undefined), endsWithinMs);
    await isUnnoticed('while its HighLevel fails');

    const refusals = new Refusals(world.simulator, await world.simulator.lastSerial());
    await world.simulator.clearFaults();
    on.strike('its HighLevel is back');
    await goesOn(on, look);
    await isUnnoticed('in the rush');
    for (let flush = 0; flush < 3; flush++) {
      await on.random.pause(500, 10_000);
      on.strike('FLUSHALL');
      await world.redis!.command('FLUSHALL');
      await goesOn(on, look);
    }

    const { counts } = await until(async () => {
      const now = await look();
      return now.state === 'finished' ? now : undefined;
    }, endsWithinMs);
    on.expect(counts.done === counts.total, 'every job is done', counts);
    const refused = await refusals.total();
    on.expect(refused === 0, 'no 429 after its return', refused);
    const made = (await world.simulator.state()).locations.filter((each) => each.companyId === companyId);
    const names = new Set(made.map(({ name }) => name));
    const isOneEach = made.length === counts.total && names.size === made.length;
    on.expect(isOneEach, 'one sub-account for each', { made: made.length, names: names.size });
  },
};

/** The address of a batch of so many rows, which has been checked. */
async function readyBatch(on: Try, headers: Record<string, string>): Promise<string> {
  const { name, world } = on;
  const rows = Array.from({ length: jobsOf(on) }, (_, index) => ({
    'Business name': `Noise ${name}-${index}`,
    Email: `noise.${name}-${index}@chaos.example`,
    Snapshot: 'none',
  }));
  const { id } = await world.must<Batch>('POST', '/api/batches', { rows }, headers);
  const path = `/api/batches/${id}`;
  await until(async () => {
    const { state } = await world.must<Batch>('GET', path, undefined, headers);
    return state === 'ready' ? true : undefined;
  }, endsWithinMs);
  return path;
}

/** One more job is done within a minute. */
async function goesOn(on: Try, look: () => Promise<Batch>): Promise<void> {
  const before = await look();
  const began = performance.now();
  await until(async () => {
    const { state, counts } = await look();
    return counts.done > before.counts.done || state === 'finished' ? true : undefined;
  }, goesOnWithinMs);
  on.note('went on after', Math.round(performance.now() - began));
}

/** HighLevel's journal does not keep so many calls: it is read while they are made. */
class Refusals {
  private count = 0;
  private isOver = false;
  private readonly reading: Promise<void>;

  constructor(
    private readonly simulator: SimulatorProcess,
    private serial: number,
  ) {
    this.reading = this.read();
    this.reading.catch(() => undefined); // told where it is awaited
  }

  async total(): Promise<number> {
    this.isOver = true;
    await this.reading;
    return this.count;
  }

  private async read(): Promise<void> {
    for (let isLast = false; !isLast; await pause(1_000)) {
      isLast = this.isOver;
      const entries = await this.simulator.journal(this.serial);
      this.serial = entries.at(-1)?.serial ?? this.serial;
      this.count += entries.filter(({ status }) => status === 429).length;
    }
  }
}
