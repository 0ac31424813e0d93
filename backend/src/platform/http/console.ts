import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

export const BUILT_CONSOLE = resolve(process.cwd(), 'dist/admin-console/browser');

/**
 * Serves the built console, when there is one. Its page is made for each answer with a fresh nonce, because Angular
 * creates style elements at run time; files whose name holds a hash are kept by browsers for a year.
 */
export async function mountConsole(app: NestFastifyApplication, root: string): Promise<void> {
  const index = join(root, 'index.html');
  if (!existsSync(index)) return;
  const page = withoutBase(readFileSync(index, 'utf8'));
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    index: false,
    globIgnore: ['**/index.html*', '**/*.gz', '**/*.br'],
    preCompressed: true,
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = /[.-][\w-]{8}\.(js|css|woff2?)(\.(br|gz))?$/.test(path);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).get('/*', (request, reply) => {
    if (!isPage(request.url.split('?', 1)[0])) return reply.callNotFound();
    const nonced = page
      .replace('<app-root', `<app-root ngCspNonce="${reply.cspNonce.style}"`)
      .replace(/<(style)(?=[ >])/g, `<$1 nonce="${reply.cspNonce.style}"`);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(nonced);
  });
}

/** An address of the console; not of the server, not the name of a file, and no attempt to climb out. */
const isPage = (path: string) => !/^\/(api|health|socket\.io)(\/|$)/.test(path) && !/\.[^/]+$|\.\.|%2f|%5c/i.test(path);

/** Our policy lets no page move its base, not even to where it is: addresses in the page begin at the root instead. */
export function withoutBase(html: string): string {
  return html.replace(/<base [^>]*>/, '').replace(/ (src|href)="(?![/#]|\w+:)/g, ' $1="/');
}
