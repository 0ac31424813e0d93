import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { closeApp } from './boot/close-app.js';
import { sayDatabaseAway } from './boot/database-away.js';
import { serveHealth } from './boot/health-server.js';
import { prepareStart } from './boot/prepare-start.js';
import { refuseOldDatabase } from './boot/refuse-old-database.js';
import { RunningProcess } from './boot/running-process.js';
import { WorkerProcess } from './engine/worker-process.js';
import { createLog, NestLog } from './platform/logging/index.js';

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

await running.start(async () => {
  const log = createLog(config.LOG_LEVEL);
  running.logTo(log);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, log), {
    abortOnError: false,
    logger: new NestLog(log),
  }).catch(sayDatabaseAway);
  running.add('application', () => closeApp(app));
  await refuseOldDatabase(app);
  await serveHealth(app, config); // answers until the very end: a worker that drains is not ready, but alive
  await app.get(WorkerProcess).start();
  log.info('A worker carries runs', { ghl: config.ghlMode, ms: Math.round(performance.now()) });
});
