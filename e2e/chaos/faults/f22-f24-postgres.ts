import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { both, type Fault, slack } from '../fault.js';
import type { Try } from '../try.js';

const normalAgainMs = 15_000 * slack;

const orders = (on: Try, count: number) =>
  Promise.all(Array.from({ length: count }, () => on.order(on.random.oneOf(['plain', 'takeover', 'whole']))));

async function isNormalAgain(on: Try): Promise<void> {
  const since = performance.now();
  await until(async () => {
    const answers = await Promise.all(on.world.processes.map((each) => each.isReady()));
    return answers.every(Boolean) || undefined;
  }, 60_000);
  const ms = Math.round(performance.now() - since);
  on.expect(ms < normalAgainMs, 'ready again in time, by itself', ms);
}

export const f22: Fault = {
  id: 'F22',
  title: 'Postgres crashes and comes back later',
  holds: 'what was answered 2xx is kept; requests hear 503 with Retry-After, webhooks hear 429; ready again by itself',
  modes: both,
  async run(on) {
    const { world } = on;
    const [kept, ...later] = await orders(on, 4);
    await on.place(kept);
    await on.random.pause(0, 1_500);
    on.strike('Postgres crashes');
    await world.postgres.crash();
    const asked = await world.ask('GET', '/api/jobs?limit=1');
    on.expect(
      asked.status === 503 && asked.headers['retry-after'] !== undefined,
      'a request hears 503 and when to ask again',
      asked.status,
    );
    const [{ id: companyId }] = (await world.simulator.state()).companies;
    const hook = { send: { type: 'LocationUpdate', fields: { id: `hook-${on.name}`, companyId, name: 'x' } } };
    const { sent } = await world.simulator.post<{ sent: string[] }>('webhooks', hook);
    await Promise.all(later.map((order) => on.tryToPlace(order)));
    on.expect(
      later.every(({ jobId }) => !jobId),
      'nothing is accepted that cannot be kept',
    );
    const alive = await Promise.all(world.apis.map((each) => world.ask('GET', '/health/live', undefined, {}, each)));
    on.expect(
      alive.every(({ status }) => status === 200),
      'processes stay alive',
      alive.map(({ status }) => status),
    );
    await on.random.pause(500, 4_000);
    await world.postgres.startAgain();
    await isNormalAgain(on);
    await Promise.all(later.map((order) => on.place(order)));
    await until(async () => {
      const [row] = await world.postgres.rows<{ state: string }>('SELECT state FROM inbox WHERE dedupe_key LIKE $1', [
        `%:${sent[0]}`,
      ]);
      return row?.state === 'done' || undefined;
    }, 60_000);
  },
};

export const f23: Fault = {
  id: 'F23',
  title: 'Every connection to Postgres is ended again and again',
  holds: 'only whole transactions are tried again; a commit of unknown outcome is looked up',
  modes: both,
  async run(on) {
    const mine = await orders(on, 6);
    const placing = Promise.all(mine.map((order) => on.place(order, 60_000)));
    for (let round = 0; round < 8; round++) {
      await on.random.pause(150, 700);
      on.strike('all connections are ended');
      await on.world.postgres.terminateBackends();
    }
    await placing;
    await isNormalAgain(on);
  },
};

export const f24: Fault = {
  id: 'F24',
  title: 'Postgres is slow and its connections are few',
  holds:
    'answers stay quick or are 503, liveness stays 200, three times as many requests as connections do not lock up',
  modes: both,
  world: { cables: true },
  async run(on) {
    const { world } = on;
    const [order] = await orders(on, 1);
    const slow = on.random.between(50, 150);
    on.strike(`Postgres is ${Math.round(slow)} ms late each way, for 3 connections of a process`);
    for (const cable of world.cables.values()) cable.delay(slow);
    await world.postgres.rows(`ALTER ROLE switchyard_app CONNECTION LIMIT ${3 * world.processes.length}`);
    await world.postgres.terminateBackends();
    const began = performance.now();
    const crowd = await Promise.all(
      Array.from({ length: 48 }, () =>
        world.ask('GET', '/api/jobs?limit=5').then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    );
    on.expect(
      crowd.every((status) => status === 200 || status === 503),
      'each of many hears 200 or 503',
      count(crowd),
    );
    on.expect(
      performance.now() - began < 6_000 * slack,
      'nobody waits for ever',
      Math.round(performance.now() - began),
    );
    const alive = await Promise.all(world.apis.map((each) => world.ask('GET', '/health/live', undefined, {}, each)));
    on.expect(
      alive.every(({ status }) => status === 200),
      'processes stay alive',
    );
    const placing = on.place(order, 60_000);
    await pause(on.random.between(500, 2_000));
    for (const cable of world.cables.values()) cable.heal();
    await world.postgres.rows('ALTER ROLE switchyard_app CONNECTION LIMIT -1');
    await placing;
    await isNormalAgain(on);
  },
};

const count = (statuses: number[]) =>
  Object.fromEntries([...new Set(statuses)].map((each) => [each, statuses.filter((status) => status === each).length]));
