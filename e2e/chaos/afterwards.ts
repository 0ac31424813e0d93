import { find } from '../support/canaries.js';
import { until } from '../support/until.js';
import { worldSecrets, type World } from './world.js';

/** After whatever happened: what an api or a worker may hold at most. */
const megabytesAtMost = 400;
/** The pool of Postgres, Redis, and the driver's own connections that are kept open. */
const socketsAtMost = 100;
/** Who called much at once keeps its connections for up to 72 s; what is open after that has leaked. */
const keptAtMostMs = 90_000;

/** What can be told of a world only at its end: memory, sockets, secrets in logs, processes that ended by themselves. */
export async function judgeWorld(world: World): Promise<string[]> {
  const isCalm = () => world.processes.every((each) => !each.isAlive || each.weight().sockets <= socketsAtMost);
  await until(() => Promise.resolve(isCalm() || undefined), keptAtMostMs).catch(() => undefined); // told below
  const alive = world.processes.filter(({ isAlive }) => isAlive).map((each) => ({ name: each.name, ...each.weight() }));
  return [
    ...world.processes.flatMap(({ unexpectedEnds }) => unexpectedEnds),
    ...alive
      .filter(({ megabytes }) => megabytes > megabytesAtMost)
      .map(({ name, megabytes }) => `memory: ${name} holds ${Math.round(megabytes)} MB`),
    ...alive
      .filter(({ sockets }) => sockets > socketsAtMost)
      .map(({ name, sockets }) => `sockets: ${name} holds ${sockets}`),
    ...canaries(world),
  ];
}

function canaries({ processes }: World): string[] {
  const places = processes.map((each) => ({ name: `the log of ${each.name}`, bytes: Buffer.from(each.log()) }));
  return find(worldSecrets, places).map((what) => `secret in clear: ${what}`);
}
