import { ProcessRegistry } from '../engine/processes/process-registry.js';
import { WorkerProcess } from '../engine/worker-process.js';
import type { Config } from '../platform/config/index.js';
import { closeApp } from './close-app.js';
import { createHttpApp, listen } from './create-app.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from './embedded-database.js';
import { ensureWayIn, type WayIn } from './first-start.js';
import { migrate } from './migrate.js';
import type { Logs } from './open-logs.js';
import { removeRunningFile, writeRunningFile } from './running-file.js';
import type { RunningProcess } from './running-process.js';
import { newSimulatorLogin, wantsSimulator, withSimulator } from './sandbox-config.js';
import { startSimulatorProcess } from './simulator-process.js';

export interface Started {
  readonly config: Config;
  readonly wayIn: WayIn;
}

/** Everything in one process and two children: Postgres, HighLevel's simulator, then the application on both. */
export async function startEmbedded(running: RunningProcess, given: Config, logs: Logs): Promise<Started> {
  const database = given.DATABASE_URL ? undefined : await startDatabase(running, given, logs);
  if (database) await migrate(database.ownerUrl);
  else if (given.DATABASE_OWNER_URL) await migrate(given.DATABASE_OWNER_URL);
  const simulated = wantsSimulator(given) ? await startSimulator(running, given) : given;
  const config = { ...simulated, DATABASE_URL: database?.appUrl ?? given.DATABASE_URL };
  const app = await createHttpApp(config, logs.log);
  running.add('application', () => closeApp(app));
  await app.init();
  const wayIn = await ensureWayIn(app, config);
  await listen(app, config);
  await app.get(WorkerProcess).start();
  await app.get(ProcessRegistry).start('embedded');
  tellCommandLine(running, config, database);
  return { config, wayIn };
}

async function startDatabase(running: RunningProcess, { DATA_DIR }: Config, logs: Logs): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase(DATA_DIR, logs.postgres);
  running.add('Postgres', () => database.postgres.stop());
  void database.postgres.ended.then(() => running.lost('Postgres'));
  return database;
}

async function startSimulator(running: RunningProcess, config: Config): Promise<Config> {
  const login = newSimulatorLogin();
  const simulator = await startSimulatorProcess(config.DATA_DIR, {
    ...login,
    port: config.GHL_SIMULATOR_PORT,
    speed: config.GHL_SIMULATOR_SPEED,
    webhookUrl: `http://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${config.PORT}/api/webhooks/ghl`,
  });
  running.add('HighLevel simulator', () => simulator.stop());
  void simulator.ended.then(() => running.lost('HighLevel simulator'));
  return withSimulator(config, login, simulator);
}

function tellCommandLine(
  running: RunningProcess,
  { DATA_DIR, publicUrl, DATABASE_URL }: Config,
  database?: EmbeddedDatabase,
): void {
  writeRunningFile(DATA_DIR, { publicUrl, databaseUrl: DATABASE_URL!, databaseOwnerUrl: database?.ownerUrl });
  running.add('running.json', async () => removeRunningFile(DATA_DIR));
}
