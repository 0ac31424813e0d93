import type { WayIn } from '../first-start.js';
import { signInLines } from '../start-message.js';
import type { Cluster } from './cluster.js';

/** What a person needs after a start, and nothing else. */
export function clusterMessage(cluster: Cluster, way: WayIn, dataDir: string, ms: number): string {
  const { apis, workers, env } = cluster;
  const lines: [string, string][] = [
    ...apis.map(({ url, pid }, at): [string, string] => [at === 0 ? 'Console' : '', `${url} (pid ${pid})`]),
    ...signInLines(way),
    ['Workers', `${workers.length}: pids ${workers.map(({ pid }) => pid).join(', ')}`],
    ['HighLevel', `${cluster.simulator ? 'simulator, at ' : ''}${env.GHL_API_URL ?? 'HighLevel itself'}`],
    ['Redis', cluster.redis ? `127.0.0.1:${cluster.redis.port} (pid ${cluster.redis.pid})` : 'that of REDIS_URL'],
    ['Postgres', cluster.postgres ? `its own (pid ${cluster.postgres.pid})` : 'that of DATABASE_URL'],
    ['Data', `${dataDir} (a log for each process in ${dataDir}/logs)`],
  ];
  return [
    `A cluster of ${apis.length} api and ${workers.length} worker processes is ready after ${(ms / 1000).toFixed(1)} s.`,
    '',
    ...lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}`),
    '',
    '  A process that ends is started again. Ctrl-C stops everything.',
    '',
  ].join('\n');
}
