import { z } from 'zod';
import { QueueLane } from '../../engine/queue/queue.schema.js';

/** `paused`: nothing of it is taken. `draining`: only jobs that were begun before go on. */
export const QueueMode = z.enum(['running', 'paused', 'draining']).meta({ id: 'QueueMode' });
export type QueueMode = z.output<typeof QueueMode>;

/** One queue of the caller's agency. */
export const QueueView = z
  .object({
    queue: QueueLane,
    mode: QueueMode,
    /** Who set the mode, and when; null while it runs. */
    setBy: z.string().nullable(),
    setAt: z.iso.datetime().nullable(),
    /** Could be taken now. */
    due: z.number().int(),
    /** Wait for a moment or for a person. */
    waiting: z.number().int(),
    /** Carried by a worker. */
    inHand: z.number().int(),
    /** How long the oldest due job has been due; null without any. */
    oldestDueMs: z.number().int().nullable(),
  })
  .meta({ id: 'Queue' });
export type QueueView = z.output<typeof QueueView>;

export const ProcessView = z
  .object({
    id: z.string(),
    kind: z.enum(['api', 'worker', 'embedded']),
    host: z.string(),
    pid: z.number().int(),
    version: z.string(),
    startedAt: z.iso.datetime(),
    heartbeatAgeMs: z.number().int(),
    /** False: it was killed, is cut off, or hangs. Its jobs are taken over when their leases end. */
    alive: z.boolean(),
    /** It is shutting down and takes nothing new. */
    draining: z.boolean(),
    /** How many jobs it carries at most, and as of its last heartbeat; 0 for a process that only listens. */
    concurrency: z.number().int(),
    carrying: z.number().int(),
    /** The jobs of the caller's agency that it carries now. */
    jobs: z.array(
      z.object({
        id: z.uuid(),
        title: z.string(),
        queue: QueueLane,
        /** The step under way. */
        step: z.string().nullable(),
        /** How long this worker has carried it. */
        heldMs: z.number().int(),
      }),
    ),
    /** How many of other agencies it carries. */
    otherJobs: z.number().int(),
  })
  .meta({ id: 'WorkerProcess' });
export type ProcessView = z.output<typeof ProcessView>;

export const WorkersView = z
  .object({ processes: z.array(ProcessView), queues: z.array(QueueView) })
  .meta({ id: 'Workers' });
export type WorkersView = z.output<typeof WorkersView>;
