import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { ProcessRegistry } from '../engine/processes/process-registry.js';
import { WorkerProcess } from '../engine/worker-process.js';
import type { Config } from '../platform/config/index.js';
import { createLog, NestLog } from '../platform/logging/index.js';
import { awaitKeys } from './await-keys.js';
import { closeApp } from './close-app.js';
import { giveBackAfterStart } from './heap-options.js';
import { sayDatabaseAway } from './database-away.js';
import { serveHealth } from './health-server.js';
import { refuseOldDatabase } from './refuse-old-database.js';
import type { RunningProcess } from './running-process.js';

/** The application without its doors. It answers to probes until the very end: a worker that drains is not ready, but alive. */
export async function startWorker(running: RunningProcess, config: Config): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  running.logTo(log);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, log), {
    abortOnError: false,
    logger: new NestLog(log),
  }).catch(sayDatabaseAway);
  running.add('application', () => closeApp(app));
  await refuseOldDatabase(app);
  await serveHealth(app, config);
  await app.get(ProcessRegistry).start('worker');
  if ((await awaitKeys(app, log)) === 'stopping') return;
  await app.get(WorkerProcess).start();
  giveBackAfterStart();
  log.info('A worker carries runs', { ghl: config.ghlMode, ms: Math.round(performance.now()) });
}
