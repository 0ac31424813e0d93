import { find } from '../support/canaries.js';
import type { ProductProcess } from './product-process.js';
import { worldSecrets, type World } from './world.js';

type Weight = ReturnType<ProductProcess['weight']>;

/** A worker may hold this much and an api somewhat more; what matters here is that it does not grow with each fault. */
const megabytesAtMost = 400;

/** What each process that lives weighs now; only those that live to the end as well are compared. */
export const weigh = (world: World) =>
  new Map(world.processes.filter(({ isAlive }) => isAlive).map((each) => [each.pid, each.weight()]));

/** What can be told of a world only at its end: memory, sockets, secrets in logs, processes that ended by themselves. */
export function judgeWorld(world: World, before: ReadonlyMap<number, Weight>): string[] {
  return [...world.unexpectedEnds, ...grown(world, before), ...canaries(world)];
}

function grown(world: World, before: ReadonlyMap<number, Weight>): string[] {
  return world.processes
    .filter(({ isAlive }) => isAlive)
    .flatMap((each) => {
      const [now, then] = [each.weight(), before.get(each.pid)];
      const fat = now.megabytes > megabytesAtMost ? [`memory: ${each.name} holds ${Math.round(now.megabytes)} MB`] : [];
      // Ten per cent, and the few that come and go with keep-alive.
      const leaks = then && now.sockets > then.sockets * 1.1 + 20;
      return [...fat, ...(leaks ? [`sockets: ${each.name} had ${then.sockets} and has ${now.sockets}`] : [])];
    });
}

function canaries({ processes }: World): string[] {
  const places = processes.map((each) => ({ name: `the log of ${each.name}`, bytes: Buffer.from(each.log()) }));
  return find(worldSecrets, places).map((what) => `secret in clear: ${what}`);
}
