import type { QueueLane } from './queue.schema.js';
export type { QueueLane };

export interface Nudge {
  runId: string;
  /** Makes a nudge for a later claim of the same run a different one. */
  fence: number;
  lane: QueueLane;
}

/**
 * Carries "this run is due" from whoever knows to whoever works, and nothing else. Postgres is the truth: every nudge may
 * be lost, repeated or late, and the engine keeps its promises.
 */
export abstract class QueuePort {
  /** Never throws and never waits: a nudge that cannot be carried is dropped. */
  abstract nudge(nudge: Nudge): void;
  /** From now on `onNudge` is called in this process. One consumer a process. */
  abstract consume(onNudge: (nudge: Nudge) => void): Promise<void>;
  /** No further call of `onNudge` begins after this resolves. */
  abstract stop(): Promise<void>;
}
