import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Log } from './log.js';

/** One line per answer. The route's pattern, not its address: addresses hold ids, cursors and what people searched for. */
export function logAccess(app: NestFastifyApplication, log: Log): void {
  (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).addHook('onResponse', async (request, reply) => {
    const level = request.routeOptions.url?.startsWith('/health') ? 'debug' : 'info';
    log[level]('A request was answered', {
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}
