import type { Queue, QueueName, WorkerProcess } from '../api/models';
import type { StateWords } from '../jobs/job-words';

export const QUEUES: Record<QueueName, { label: string; carries: string }> = {
  priority: { label: 'Priority', carries: 'What somebody waits for' },
  default: { label: 'Default', carries: 'Single jobs' },
  bulk: { label: 'Bulk', carries: 'Batches and housekeeping' },
};

export const QUEUE_MODES: Record<Queue['mode'], StateWords> = {
  running: { label: 'Open', icon: 'play_circle', tone: 'ok' },
  draining: { label: 'Draining', icon: 'hourglass_bottom', tone: 'wait' },
  paused: { label: 'Paused', icon: 'pause_circle', tone: 'wait' },
};

/** What the mode means for the jobs of the queue. */
export const QUEUE_MODE_TEXT: Record<Queue['mode'], string> = {
  running: '',
  draining: 'Jobs that were begun go on; new ones wait.',
  paused: 'No job of this queue goes on until it is resumed.',
};

export const KINDS: Record<WorkerProcess['kind'], string> = {
  api: 'API',
  worker: 'Worker',
  embedded: 'API and worker',
};

export function processWords(process: WorkerProcess): StateWords {
  if (!process.alive) return { label: 'No heartbeat', icon: 'heart_broken', tone: 'bad' };
  if (process.draining) return { label: 'Shutting down', icon: 'hourglass_bottom', tone: 'wait' };
  return { label: 'Alive', icon: 'favorite', tone: 'ok' };
}
