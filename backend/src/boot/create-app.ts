import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import type { Config } from '../platform/config/index.js';
import { createAdapter } from '../platform/http/adapter.js';
import { setupApp } from '../platform/http/setup-app.js';
import { type Log, NestLog } from '../platform/logging/index.js';
import { sayDatabaseAway } from './database-away.js';
import { StartRefused } from './running-process.js';

/** The application with everything around its routes, not listening yet. */
export async function createHttpApp(config: Config, log: Log): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, log), createAdapter(), {
    rawBody: true,
    abortOnError: false,
    logger: new NestLog(log),
  }).catch(sayDatabaseAway);
  await setupApp(app);
  return app;
}

export async function listen(app: NestFastifyApplication, { PORT, HOST }: Config): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new StartRefused(portTaken(HOST, PORT));
    if (code === 'EADDRNOTAVAIL') throw new StartRefused(`This machine has no address ${HOST}. Change HOST.`);
    throw error;
  }
}

export const portTaken = (host: string, port: number) =>
  `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port with PORT.`;
