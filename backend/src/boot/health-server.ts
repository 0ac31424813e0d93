import { createServer, type Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { HealthService, statusOf } from '../modules/health/index.js';
import type { Config } from '../platform/config/index.js';
import { strictHeaders } from '../platform/http/security-headers.js';
import { StartRefused } from './running-process.js';
import { portTaken } from './create-app.js';

/** All that a worker serves: the probes, at the same addresses as the API process. */
export function serveHealth(app: INestApplicationContext, { HOST, PORT }: Config): Promise<Server> {
  const health = app.get(HealthService);
  const probes = new Map([
    ['/health/live', () => health.live()],
    ['/health/ready', () => health.ready()],
    ['/health/startup', () => health.startup()],
  ]);
  const server = createServer(async (request, answer) => {
    const probe = request.method === 'GET' ? probes.get(request.url ?? '') : undefined;
    const report = await probe?.();
    answer.writeHead(report ? statusOf(report) : 404, { ...strictHeaders, 'content-type': 'application/json' });
    answer.end(report ? JSON.stringify(report) : '{}');
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new StartRefused(portTaken(HOST, PORT)) : error),
    );
    server.listen(PORT, HOST, () => resolve(server));
  });
}
