import { resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { AppModule } from '../../app.module.js';
import { type Config, type Environment, loadConfig } from '../../platform/config/index.js';
import { ownKeyFile } from '../../platform/crypto/index.js';
import { createLog, NestLog } from '../../platform/logging/index.js';
import { sayDatabaseAway } from '../database-away.js';
import { readRunningFile } from '../running-file.js';
import { Refused } from './refused.js';

export type WithApp = <Result>(
  act: (app: INestApplicationContext, config: Config) => Promise<Result>,
) => Promise<Result>;

/** Commands use the database of the environment, or the one that a running `npm start` brought. */
export function cliConfig(env: Environment): Config {
  const given = loadConfig(env);
  if (given.DATABASE_URL || given.DATABASE_OWNER_URL) return given;
  const dataDir = resolve(given.DATA_DIR);
  const running = readRunningFile(dataDir);
  if (!running) {
    throw new Refused(
      `DATABASE_URL is not set, and no Switchyard runs with the data in ${dataDir}. Start it first, or name its directory with DATA_DIR.`,
    );
  }
  return loadConfig({
    ...env,
    DATABASE_URL: running.databaseUrl,
    DATABASE_OWNER_URL: running.databaseOwnerUrl,
    PUBLIC_URL: running.publicUrl,
    ...(!given.VAULT_KEYS && { VAULT_KEYS_FILE: ownKeyFile(dataDir) }),
  });
}

/** The product without its doors: what a command does, it does through the same services. stdout is for the answer. */
export const withAppOf =
  (env: Environment): WithApp =>
  async (act) => {
    const config = cliConfig(env);
    if (!config.DATABASE_URL || !config.VAULT_KEYS)
      throw new Refused('Set DATABASE_URL and VAULT_KEYS, as for the server.');
    const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
    const app = await NestFactory.createApplicationContext(AppModule.forRoot({ ...config, DATABASE_POOL: 2 }, log), {
      abortOnError: false,
      logger: new NestLog(log),
    }).catch(sayDatabaseAway);
    return act(app, config).finally(() => app.close());
  };
