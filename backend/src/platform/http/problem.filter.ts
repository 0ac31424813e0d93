import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../logging/log.js';
import { requestContext, traceIdOf } from './request-context.js';
import { type Answer, plainProblem, toProblem } from './to-problem.js';

/** The one place where an error becomes an answer: RFC 9457 problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const traceId = requestContext.getStore()?.traceId ?? traceIdOf(undefined);
    const { problem, headers, level } =
      abandoned(request, traceId) ?? wrongMethod(error, request, traceId) ?? toProblem(error, traceId);
    if (level !== 'info') this.log[level]('A request was answered with a problem', { code: problem.code, err: error });
    if (reply.raw.headersSent) return void reply.raw.destroy(); // the middle of a stream: the caller must see that it broke
    void reply
      .code(problem.status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .type('application/problem+json')
      .send(Buffer.from(JSON.stringify(problem))); // bytes, because fastify adds a charset to text
  }
}

/** The caller hung up in the middle of the body. Nobody hears the answer, and nothing of ours is broken. */
function abandoned({ raw }: FastifyRequest, traceId: string): Answer | undefined {
  const hungUp = raw?.destroyed && !raw.complete;
  return hungUp ? { problem: plainProblem(400, traceId), headers: {}, level: 'info' } : undefined;
}

/** Nest knows no 405: it says "not found" for an address that exists with another method. */
function wrongMethod(error: unknown, request: FastifyRequest, traceId: string): Answer | undefined {
  if (!(error instanceof NotFoundException)) return undefined;
  const methods = request.server?.knownRoutes.methodsOf(request.url.split('?', 1)[0]) ?? [];
  if (methods.length === 0 || methods.includes(request.method)) return undefined;
  const problem = plainProblem(405, traceId, `This address answers to ${methods.join(', ')}.`);
  return { problem, headers: { allow: methods.join(', ') }, level: 'info' };
}
