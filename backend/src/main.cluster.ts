import 'reflect-metadata';
import { clusterSize } from './boot/cluster/cluster-size.js';
import { prepareStart } from './boot/prepare-start.js';
import { RunningProcess } from './boot/running-process.js';

/** `npm run cluster`: several api and worker processes on this machine, with what they stand on. */
const { rest, ...size } = clusterSize(process.argv.slice(2));
const config = prepareStart(
  {
    name: 'main.cluster.js [--apis=2] [--workers=4]',
    does: 'Starts several processes with a Postgres, a Redis and a HighLevel simulator of their own, unless they are named.',
    needs: [],
  },
  rest,
  process.env,
);
const running = new RunningProcess(config.DRAIN_MS + 30_000);

await running.start(async () => {
  // Loaded after the check of the environment: a fault is told at once.
  const { startCluster } = await import('./boot/cluster/start-cluster.js');
  await startCluster(running, config, process.env, size);
});
