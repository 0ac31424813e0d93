import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Server, ServerOptions } from 'socket.io';
import type { RedisConnections } from '../redis/index.js';

/** Browsers send Origin and cookies on every handshake; other sites must not ride on the cookie. */
export function mayConnect(headers: IncomingMessage['headers'], origins: readonly string[]): boolean {
  if (headers.origin !== undefined) return origins.includes(headers.origin);
  // A browser names no Origin when a page polls its own server. No page can set this header.
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  return headers.cookie === undefined && /^Bearer \S+$/i.test(headers.authorization ?? '');
}

/** socket.io for known origins only, checked before anything is read; the HTTP server stays Fastify's. */
export class OriginIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly origins: readonly string[],
    private readonly redis: RedisConnections,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    return super.createIOServer(port, {
      ...options,
      ...(this.redis.isConfigured && { adapter: betweenProcesses(this.redis) }),
      serveClient: false,
      maxHttpBufferSize: 64 * 1024,
      allowRequest: (request, decide) => {
        const allowed = mayConnect(request.headers, this.origins);
        decide(allowed ? null : 'origin', allowed);
      },
    } as ServerOptions) as Server;
  }

  /** The stock adapter closes the HTTP server here and then waits for every connection. */
  override async close(server: Server): Promise<void> {
    server.disconnectSockets?.(true);
    server.engine?.close();
  }
}

/** What one process says to the others' sockets. Said while Redis is away, it is lost: nothing may depend on it. */
function betweenProcesses(redis: RedisConnections) {
  const { commands } = redis;
  const publish = (channel: string, message: string | Buffer) => commands.publish(channel, message).catch(() => 0);
  // The adapter waits for no answer, so that a failed one would end the process.
  const publisher = new Proxy(commands, {
    get: (target, name) => (name === 'publish' ? publish : (Reflect.get(target, name, target) as unknown)),
  });
  return createAdapter(publisher, redis.subscriber('sockets'), { key: 'switchyard-sockets' });
}
