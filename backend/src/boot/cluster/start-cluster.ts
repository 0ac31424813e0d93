import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, type Environment, variables } from '../../platform/config/index.js';
import { Secret } from '../../platform/crypto/index.js';
import { isRedisServerThere } from '../../platform/redis/redis-server.js';
import { takeDataDir } from '../data-dir.js';
import { freePort } from '../free-port.js';
import { removeRunningFile, writeRunningFile } from '../running-file.js';
import { type RunningProcess, StartRefused } from '../running-process.js';
import { Cluster } from './cluster.js';
import { clusterMessage } from './cluster-message.js';
import type { ClusterSize } from './cluster-size.js';
import { KeepRunning } from './keep-running.js';
import { seedCluster } from './seed-cluster.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm run cluster`: every process in its place, watched until somebody says stop. */
export async function startCluster(
  running: RunningProcess,
  config: Config,
  given: Environment,
  size: ClusterSize,
): Promise<void> {
  const dataDir = takeDataDir(config.DATA_DIR);
  if (!config.REDIS_URL && !isRedisServerThere())
    throw new StartRefused(
      'There is no redis-server on this machine. Install it (Debian and Ubuntu: apt-get install redis-server, macOS: brew install redis), or name a Redis with REDIS_URL.',
    );
  const port = await freePort(config.HOST, config.PORT);
  const cluster = await Cluster.prepare({
    ...size,
    dataDir,
    port,
    env: withoutFiles(config, given),
    simulator: { port: config.GHL_SIMULATOR_PORT, speed: config.GHL_SIMULATOR_SPEED },
    postgresLog: (line) => appendFileSync(join(dataDir, 'logs', 'postgres.log'), `${line}\n`),
  });
  standOn(running, cluster);
  const keeper = new KeepRunning(say);
  running.add('processes', () => {
    keeper.stop();
    return cluster.stopProcesses();
  });
  await cluster.startProcesses();
  const wayIn = await seedCluster(cluster.env, cluster.apis[0].url);
  for (const each of cluster.processes) void keeper.watch(each);
  tellCommandLine(running, dataDir, cluster);
  say(clusterMessage(cluster, wayIn, dataDir, performance.now()));
}

/** They are stopped after the processes, and nothing goes on without one of them. */
function standOn(running: RunningProcess, { postgres, redis, simulator }: Cluster): void {
  for (const [name, part] of Object.entries({ Postgres: postgres, Redis: redis, 'HighLevel simulator': simulator })) {
    if (!part) continue;
    running.add(name, () => part.stop());
    void part.ended.then(() => running.lost(name));
  }
}

/** The environment for the processes: a secret that was read from a file is handed on as it was read. The keys stay in theirs, so that all learn of a new one. */
function withoutFiles(config: Config, given: Environment): Environment {
  const read = Object.keys(variables).flatMap((name): [string, string | undefined][] => {
    if (name === 'VAULT_KEYS') return [];
    const value = config[name as keyof typeof variables];
    return value instanceof Secret
      ? [
          [name, value.reveal()],
          [`${name}_FILE`, undefined],
        ]
      : [];
  });
  return { ...given, ...Object.fromEntries(read) };
}

function tellCommandLine(running: RunningProcess, dataDir: string, { env, apis }: Cluster): void {
  const ownerUrl = env.DATABASE_OWNER_URL && new Secret(env.DATABASE_OWNER_URL);
  writeRunningFile(dataDir, {
    publicUrl: apis[0].url,
    databaseUrl: new Secret(env.DATABASE_URL!),
    ...(ownerUrl && { databaseOwnerUrl: ownerUrl }),
  });
  running.add('running.json', async () => removeRunningFile(dataDir));
}
