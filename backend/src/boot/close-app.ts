import type { INestApplicationContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ProcessRegistry } from '../engine/processes/process-registry.js';
import { WorkerProcess } from '../engine/worker-process.js';
import { Drain } from '../platform/http/index.js';

/**
 * Readiness fails, no run is claimed any more, streams end, answers in flight finish, steps in hand finish; then the
 * database is let go. Connections and steps are waited for side by side: both have the same few seconds.
 */
export async function closeApp(app: INestApplicationContext): Promise<void> {
  const drain = app.get(Drain);
  const listed = app.get(ProcessRegistry);
  drain.begin();
  const marked = listed.drain();
  const carried = app.get(WorkerProcess).stop();
  drain.beforeApplicationShutdown();
  await Promise.all([carried, stopListening(app), marked]);
  await listed.stop();
  await app.close();
}

async function stopListening(app: INestApplicationContext): Promise<void> {
  await app.get<HttpAdapterHost<FastifyAdapter>>(HttpAdapterHost).httpAdapter?.close();
}
