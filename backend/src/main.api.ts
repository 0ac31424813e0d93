import 'reflect-metadata';
import { closeApp } from './boot/close-app.js';
import { createHttpApp, listen } from './boot/create-app.js';
import { prepareStart } from './boot/prepare-start.js';
import { refuseOldDatabase } from './boot/refuse-old-database.js';
import { RunningProcess } from './boot/running-process.js';
import { createLog } from './platform/logging/index.js';

/** The process that listens: REST, WebSocket, SSE, console. It begins runs and carries none. */
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

await running.start(async () => {
  const log = createLog(config.LOG_LEVEL);
  running.logTo(log);
  const app = await createHttpApp(config, log);
  running.add('application', () => closeApp(app));
  await refuseOldDatabase(app);
  await listen(app, config);
  log.info('Switchyard listens', { url: config.publicUrl, ghl: config.ghlMode, ms: Math.round(performance.now()) });
});
