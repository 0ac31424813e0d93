import { createHash } from 'node:crypto';
import { applyDecorators, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerOptions, SkipThrottle, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/index.js';
import { AppError } from '../errors/index.js';
import { RequestCounts } from './request-counts.js';

const MINUTE_MS = 60_000;
/** Many people may sit behind one address; somebody who makes up credentials must not get a fresh limit with each. */
const CALLERS_PER_ADDRESS = 5;

/** The first limit is told in the X-RateLimit headers. */
export const requestLimits = (config: Config): ThrottlerModuleOptions => [
  {
    ttl: MINUTE_MS,
    limit: config.REQUESTS_PER_MINUTE,
    getTracker: (request) => credentialOf(request as FastifyRequest),
    generateKey: (_context, tracker) => `caller:${tracker}`,
  },
  {
    name: 'address',
    ttl: MINUTE_MS,
    limit: config.REQUESTS_PER_MINUTE * CALLERS_PER_ADDRESS,
    getTracker: (request) => (request as FastifyRequest).ip,
    generateKey: (_context, tracker) => `address:${tracker}`,
    setHeaders: false,
  },
];

/** Stands before every route and before the question who is asking: also strangers are counted. */
@Injectable()
export class RequestLimit extends ThrottlerGuard {
  // Named, because Nest would take what the guard of the library names for the same place.
  constructor(
    @InjectThrottlerOptions() limits: ThrottlerModuleOptions,
    @Inject(RequestCounts) counts: RequestCounts,
    reflector: Reflector,
  ) {
    super(limits, counts, reflector);
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return context.getType() !== 'http'; // sockets have a budget of their own
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: { timeToBlockExpire: number },
  ): Promise<void> {
    throw new AppError(
      'rate-limited',
      'too-many-requests',
      'Too many requests in a minute. Wait as told in Retry-After, then go on.',
      {
        retryAfterMs: timeToBlockExpire * 1_000,
      },
    );
  }
}

/** The route is not counted; `why` is read by reviewers. */
export const Unlimited = (why: string) =>
  applyDecorators(SkipThrottle({ default: true, address: true }), SetMetadata('switchyard:unlimited', why));

/** What was sent to prove who asks, right or wrong, as a hash; the address of those who send nothing. */
function credentialOf({ headers, ip }: FastifyRequest): string {
  const credential = headers.authorization ?? headers.cookie;
  return credential ? createHash('sha256').update(credential).digest('base64url') : ip;
}
