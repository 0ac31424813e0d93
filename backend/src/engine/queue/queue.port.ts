import type { QueueLane } from './queue.schema.js';
export type { QueueLane };

export interface Nudge {
  runId: string;
  /** Makes a nudge for a later claim of the same run a different one. */
  fence: number;
  lane: QueueLane;
}

/** Who works in this process. Postgres decides which runs it gets. */
export interface NudgeConsumer {
  /** Look for what is due. True: the run is carried here, or nothing due was left. False: there is no room for more. */
  wake(nudge: Nudge): Promise<boolean>;
  /** Nothing while there is room for another run of this queue; when there is none, what resolves as soon as there may be. */
  room(lane: QueueLane): Promise<void> | undefined;
}

/**
 * Carries "this run is due" from whoever knows to whoever works, and nothing else. Postgres is the truth: every nudge may
 * be lost, repeated or late, and the engine keeps its promises.
 */
export abstract class QueuePort {
  /** Never throws and never waits: a nudge that cannot be carried is dropped. */
  abstract nudge(nudge: Nudge): void;
  /** From now on this process is woken. One consumer a process. */
  abstract consume(consumer: NudgeConsumer): Promise<void>;
  /** Nobody is woken any more after this resolves. */
  abstract stop(): Promise<void>;
  /** Nudges that wait for a process, for a monitor. Undefined when that cannot be told now. */
  abstract depth(): Promise<Record<QueueLane, number> | undefined>;
}
