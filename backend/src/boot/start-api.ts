import { ProcessRegistry } from '../engine/processes/process-registry.js';
import type { Config } from '../platform/config/index.js';
import { createLog } from '../platform/logging/index.js';
import { closeApp } from './close-app.js';
import { createHttpApp, listen } from './create-app.js';
import { refuseOldDatabase } from './refuse-old-database.js';
import type { RunningProcess } from './running-process.js';

/** Listens; begins runs and carries none. */
export async function startApi(running: RunningProcess, config: Config): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  running.logTo(log);
  const app = await createHttpApp(config, log);
  running.add('application', () => closeApp(app));
  await refuseOldDatabase(app);
  await listen(app, config);
  await app.get(ProcessRegistry).start('api');
  log.info('Switchyard listens', { url: config.publicUrl, ghl: config.ghlMode, ms: Math.round(performance.now()) });
}
