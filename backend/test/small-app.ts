import { randomBytes } from 'node:crypto';
import type { DynamicModule, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import { AuditModule } from '../src/modules/audit/index.js';
import { IdentityModule } from '../src/modules/identity/index.js';
import { AgenciesService, TenancyModule } from '../src/modules/tenancy/index.js';
import { loadConfig } from '../src/platform/config/index.js';
import type { TenantId } from '../src/platform/database/index.js';
import { createAdapter } from '../src/platform/http/adapter.js';
import { setupApp } from '../src/platform/http/setup-app.js';
import { createLog, NestLog } from '../src/platform/logging/index.js';
import { PlatformModule } from '../src/platform/platform.module.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export interface SmallApp {
  app: NestFastifyApplication;
  database: TestDatabase;
  /** Every line that was logged. */
  lines: string[];
  anAgency(name?: string): Promise<TenantId>;
  inject(request: InjectOptions): Promise<Response>;
  close(): Promise<void>;
}

interface Given {
  modules?: (Type | DynamicModule)[];
  controllers?: Type[];
  env?: Record<string, string>;
  consoleRoot?: string;
  /** Of another process, which also drops it. */
  database?: TestDatabase;
}

/** Platform, tenancy, identity and audit over HTTP on a database of its own; what a spec adds is what it is about. */
export async function startSmallApp({
  modules = [],
  controllers = [],
  env = {},
  consoleRoot = 'no-console',
  database: shared,
}: Given = {}): Promise<SmallApp> {
  const database = shared ?? (await createTestDatabase());
  const config = loadConfig({
    DATABASE_URL: database.appUrl,
    VAULT_KEYS: `test:${randomBytes(32).toString('base64')}`,
    ...env,
  });
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const testing = Test.createTestingModule({
    imports: [PlatformModule.forRoot(config, undefined, log), TenancyModule, IdentityModule, AuditModule, ...modules],
    controllers,
  });
  const compiled = await testing.compile();
  const app = compiled.createNestApplication<NestFastifyApplication>(createAdapter() as FastifyAdapter, {
    rawBody: true,
    logger: new NestLog(log),
  });
  await setupApp(app, consoleRoot);
  await app.init();
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  await fastify.ready();
  return {
    app,
    database,
    lines,
    anAgency: async (name = 'Acme') => (await app.get(AgenciesService).createAgency(name)).id,
    inject: (request) => fastify.inject(request),
    close: async () => {
      await app.close();
      if (!shared) await database.drop();
    },
  };
}
