import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../app.module.js';
import { type Environment, loadConfig } from '../../platform/config/index.js';
import { createLog, NestLog } from '../../platform/logging/index.js';
import { ensureWayIn, type WayIn } from '../first-start.js';

/** Makes sure that there is an agency and somebody who can sign in to it, at this address. Needs the database only. */
export async function seedCluster(env: Environment, publicUrl: string): Promise<WayIn> {
  const config = loadConfig({ ...env, REDIS_URL: undefined, PUBLIC_URL: env.PUBLIC_URL ?? publicUrl });
  const log = createLog('error', { write: (line) => void process.stderr.write(line) });
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, log), {
    abortOnError: false,
    logger: new NestLog(log),
  });
  try {
    return await ensureWayIn(app, config);
  } finally {
    await app.close();
  }
}
