import 'reflect-metadata';
import { prepareStart } from './boot/prepare-start.js';
import { RunningProcess } from './boot/running-process.js';
import { watchEventLoop } from './boot/watch-event-loop.js';

/** `npm start`: the whole product in one process, with a Postgres and a HighLevel simulator of its own. */
const given = prepareStart(
  {
    name: 'main.embedded.js',
    does: 'Starts Switchyard with its own Postgres and HighLevel simulator; keeps everything in DATA_DIR.',
    needs: [],
  },
  process.argv.slice(2),
  process.env,
);
const running = new RunningProcess(given.DRAIN_MS + 10_000);
watchEventLoop(given.STALL_LIMIT);

await running.start(async () => {
  // Loaded after the check of the environment: a fault is told at once.
  const { startSandbox } = await import('./boot/start-sandbox.js');
  await startSandbox(running, given, Boolean(process.env.DRAIN_MS));
});
