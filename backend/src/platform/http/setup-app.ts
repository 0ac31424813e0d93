import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { CONFIG, type Config } from '../config/index.js';
import { RedisConnections } from '../redis/index.js';
import { Log } from '../logging/log.js';
import { logAccess } from '../logging/access-log.js';
import { checkRoutes } from './check-routes.js';
import { BUILT_CONSOLE, mountConsole } from './console.js';
import { acceptJsonOnly } from './json-body.js';
import { serveDocument } from './openapi.js';
import { OriginIoAdapter } from './origin-io.adapter.js';
import { ProblemFilter } from './problem.filter.js';
import { OUTSIDE_API } from './route-list.js';
import { SchemaPipe } from './schema.pipe.js';
import { acceptCsv } from './upload.js';
import { helmetOptions, permissionsPolicy, referencePagePolicy } from './security-headers.js';

/** Everything around the routes that every process and every test over HTTP has alike. Call it before `app.init()` or `listen()`. */
export async function setupApp(app: NestFastifyApplication, consoleRoot = BUILT_CONSOLE): Promise<void> {
  const config = app.get<Config>(CONFIG);
  const log = app.get(Log);
  checkRoutes(app);
  app.setGlobalPrefix('api', { exclude: [`${OUTSIDE_API}/{*rest}`, OUTSIDE_API] });
  logAccess(app, log);
  await app.register(cookie);
  await app.register(helmet, helmetOptions(config.publicUrl));
  addRouteHeaders(app);
  acceptJsonOnly(app);
  acceptCsv(app);
  app.enableCsrfProtection({ trustedOrigins: [new URL(config.publicUrl).origin] });
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)));
  app.useWebSocketAdapter(new OriginIoAdapter(app, ownOrigins(config), app.get(RedisConnections)));
  serveDocument(app);
  await mountConsole(app, consoleRoot);
}

/** Where our own pages come from. */
export const ownOrigins = (config: Pick<Config, 'publicUrl' | 'PORT'>) => [
  new URL(config.publicUrl).origin,
  `http://localhost:${config.PORT}`,
  `http://127.0.0.1:${config.PORT}`,
];

/** What depends on the address: answers of the API and of probes are never kept, and the reference page has a policy of its own. */
function addRouteHeaders(app: NestFastifyApplication): void {
  (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).addHook('onSend', async (request, reply) => {
    reply.header('permissions-policy', permissionsPolicy);
    if (!/^\/(api|health)\//.test(request.url)) return;
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    if (request.url.startsWith('/api/docs')) reply.header('content-security-policy', referencePagePolicy);
  });
}
