import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../app.module.js';
import { loadConfig } from '../../platform/config/index.js';
import { createAdapter } from '../../platform/http/adapter.js';
import { setupApp } from '../../platform/http/setup-app.js';
import { createLog, NestLog } from '../../platform/logging/index.js';

/** The application with its routes, for looking at only: it is never initialised and reaches nothing. */
export async function createUnconnectedApp(): Promise<NestFastifyApplication> {
  const config = loadConfig({
    DATABASE_URL: 'postgres://nobody@localhost/none',
    VAULT_KEYS: `none:${randomBytes(32).toString('base64')}`,
  });
  const log = createLog('error', { write: (line) => void process.stderr.write(line) });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, log, 'unconnected'),
    createAdapter(),
    {
      abortOnError: false,
      logger: new NestLog(log),
    },
  );
  await setupApp(app);
  return app;
}
