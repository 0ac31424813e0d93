import type { LogLine } from '../../engine/runs/runs.schema.js';

/** Somebody who watches a run, over whatever connection. */
export interface Viewer {
  /** The last line that was sent; moved by the tail alone. */
  cursor: number;
  /** How lines reach viewers of this kind. */
  readonly audience: Audience;
  /** False while the connection holds too much that was not read yet. */
  hasRoom(): boolean;
  /** Resolves with true when there is room for another page, with false when the viewer is gone or was cut. */
  room(): Promise<boolean>;
}

/** Tells the same to many viewers, so that it is written out once. */
export interface Audience {
  lines(viewers: readonly Viewer[], runId: string, lines: readonly LogLine[]): void;
  changed(viewers: readonly Viewer[], runId: string): void;
}

/** A connection that holds more than this gets nothing more before it was read. */
export const ROOM_BYTES = 1024 * 1024;
/** A connection that does not make room in this time is cut; its viewer comes back with a cursor. */
export const PATIENCE_MS = 10_000;
