import 'reflect-metadata';
import { prepareStart } from './boot/prepare-start.js';
import { RunningProcess } from './boot/running-process.js';
import { watchEventLoop } from './boot/watch-event-loop.js';

/** The process that listens: REST, WebSocket, SSE, console. */
const config = prepareStart(
  {
    name: 'main.api.js',
    does: 'Serves the API, live connections and the console. Needs a migrated database; workers carry the runs.',
    needs: ['DATABASE_URL', 'VAULT_KEYS'],
  },
  process.argv.slice(2),
  process.env,
);
const running = new RunningProcess(config.DRAIN_MS + 15_000);
watchEventLoop(config.STALL_LIMIT);

await running.start(async () => {
  // Loaded after the check of the environment: a fault is told at once.
  const { startApi } = await import('./boot/start-api.js');
  await startApi(running, config);
});
