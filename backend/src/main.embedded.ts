import 'reflect-metadata';
import { takeDataDir } from './boot/data-dir.js';
import { freePort } from './boot/free-port.js';
import { openLogs } from './boot/open-logs.js';
import { prepareStart } from './boot/prepare-start.js';
import { RunningProcess } from './boot/running-process.js';
import { withPlace } from './boot/sandbox-config.js';
import { startEmbedded } from './boot/start-embedded.js';
import { startMessage } from './boot/start-message.js';

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

await running.start(async () => {
  const dataDir = takeDataDir(given.DATA_DIR);
  const port = await freePort(given.HOST, given.PORT);
  const logs = openLogs(dataDir, given.LOG_LEVEL);
  running.logTo(logs.log);
  const { config, wayIn } = await startEmbedded(
    running,
    withPlace(given, { port, dataDir, drainGiven: Boolean(process.env.DRAIN_MS) }),
    logs,
  );
  process.stdout.write(startMessage(config, wayIn, dataDir, performance.now()));
});
