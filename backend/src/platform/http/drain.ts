import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Subject } from 'rxjs';
import { AppError } from '../errors/index.js';

/** Answers in flight get this long to end before their connections are cut. */
const GRACE_MS = 2_500;

/**
 * Ends connections at shut-down: streams at once, answers in flight when they are done, the rest after the grace.
 * Every stream ends itself with `.pipe(takeUntil(drain.stop$))`.
 */
@Injectable()
export class Drain implements OnModuleInit, BeforeApplicationShutdown {
  readonly stop$ = new Subject<void>();
  private draining = false;

  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  /** True from the first moment of the shut-down; readiness says so. */
  get isDraining(): boolean {
    return this.draining;
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance>();
    fastify?.addHook('onRequest', async () => {
      if (this.draining)
        throw new AppError('transient', 'shutting-down', 'This server is shutting down. Try again in a moment.', {
          retryAfterMs: 1_000,
        });
    });
    // An answer in flight must not leave its keep-alive connection behind.
    fastify?.addHook('onSend', async (_request, reply) => {
      if (this.draining) reply.header('connection', 'close');
    });
  }

  /** For a process that wants readiness to fail some time before it closes. */
  begin(): void {
    this.draining = true;
  }

  beforeApplicationShutdown(): void {
    this.draining = true;
    this.stop$.next();
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    setTimeout(() => server?.closeAllConnections(), GRACE_MS).unref();
  }
}
