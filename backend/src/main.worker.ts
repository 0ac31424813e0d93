import 'reflect-metadata';
import { prepareStart } from './boot/prepare-start.js';
import { RunningProcess } from './boot/running-process.js';
import { watchEventLoop } from './boot/watch-event-loop.js';

/** The process that carries runs, tells events and fires schedules. It answers to probes and to nothing else. */
const config = prepareStart(
  {
    name: 'main.worker.js',
    does: 'Carries runs, tells events and fires schedules. Needs a migrated database; answers /health on PORT.',
    needs: ['DATABASE_URL', 'VAULT_KEYS'],
  },
  process.argv.slice(2),
  process.env,
);
const running = new RunningProcess(config.DRAIN_MS + 15_000);
watchEventLoop(config.STALL_LIMIT);

await running.start(async () => {
  // Loaded after the check of the environment: a fault is told at once.
  const { startWorker } = await import('./boot/start-worker.js');
  await startWorker(running, config);
});
