import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';

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
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    return super.createIOServer(port, {
      ...options,
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
