import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { BadRequestException, HttpException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KnownRoutes } from './known-routes.js';
import { requestContext, requestIdOf, traceIdOf } from './request-context.js';
import { strictHeaders } from './security-headers.js';
import { plainProblem, toProblem } from './to-problem.js';
import { allowUploads } from './upload.js';

export const BODY_LIMIT = 1024 * 1024;

declare module 'fastify' {
  interface FastifyInstance {
    knownRoutes: KnownRoutes;
  }
}

/** Fastify as Nest's HTTP platform: every request gets its context before anything else looks at it. */
export function createAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: 'loopback, uniquelocal',
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
    frameworkErrors: answerBeforeRouting,
    clientErrorHandler: answerUnreadableRequest,
    // Node would refuse it with an answer of its own, which has no body and no header of ours.
    http: { requireHostHeader: false },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  const knownRoutes = new KnownRoutes();
  fastify.decorate('knownRoutes', knownRoutes);
  fastify.decorateRequest('principal');
  allowUploads(fastify);
  fastify.addHook('onRoute', (route) => knownRoutes.remember(route.url, route.method));
  fastify.addHook('onRequest', (request, _reply, done) => {
    const context = { requestId: request.id, traceId: traceIdOf(request.headers.traceparent), answerHeaders: {} };
    requestContext.run(context, done);
  });
  fastify.addHook('onRequest', async (request) => {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') throw new BadRequestException();
  });
  // An expectation that nobody knows may be ignored; Node would answer 417 by itself, without a header of ours.
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  fastify.addHook('onSend', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...requestContext.getStore()?.answerHeaders });
    for (const [name, value] of Object.entries(strictHeaders)) {
      if (name !== 'cache-control' && !reply.hasHeader(name)) reply.header(name, value);
    }
  });
  return adapter;
}

/** A malformed address is refused by the router, before hooks, filters and helmet. */
function answerBeforeRouting(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { problem } = toProblem(
    new HttpException('', error.statusCode ?? 400, { cause: error }),
    traceIdOf(request.headers.traceparent),
  );
  void reply
    .code(problem.status)
    .headers({ ...strictHeaders, 'x-request-id': request.id })
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

/** A request that is not HTTP, or not all of one in time: there is only the socket to answer on. */
function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const problem = plainProblem(status, traceIdOf(undefined));
  const body = JSON.stringify(problem);
  const headers = {
    ...strictHeaders,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${problem.title}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}
