import { Readable } from 'node:stream';
import type { LogLine } from '../../engine/runs/runs.schema.js';
import { type Audience, PATIENCE_MS, ROOM_BYTES, type Viewer } from './viewer.js';

const HEARTBEAT_MS = 15_000;
/** How soon a browser comes back after the stream broke. */
const RETRY_MS = 1_000;

/** A run's log as server-sent events. What the reader does not read stays in the database, not here. */
export class EventStream extends Readable implements Viewer {
  readonly audience: Audience = eventStreamAudience;
  private readonly heartbeat = setInterval(() => this.push(':\n\n'), HEARTBEAT_MS).unref();
  private makeRoom = () => {};

  constructor(
    public cursor: number,
    private readonly onGone: () => void,
  ) {
    super({ highWaterMark: ROOM_BYTES / 4 });
    this.push(`retry: ${RETRY_MS}\n\n`);
  }

  hasRoom(): boolean {
    return this.readableLength <= ROOM_BYTES;
  }

  async room(): Promise<boolean> {
    if (!this.isFull()) return !this.destroyed;
    const tooSlow = setTimeout(() => this.destroy(), PATIENCE_MS);
    await new Promise<void>((resolve) => (this.makeRoom = resolve));
    clearTimeout(tooSlow);
    return !this.destroyed;
  }

  /** The reader is told to come back: to another process, or to this one when it is up again. */
  finish(): void {
    clearInterval(this.heartbeat);
    if (!this.destroyed) this.push(null);
    this.onGone();
  }

  override _read(): void {
    this.makeRoom();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.heartbeat);
    this.makeRoom();
    this.onGone();
    done(error);
  }

  private isFull(): boolean {
    return this.readableLength > this.readableHighWaterMark && !this.destroyed;
  }
}

const eventStreamAudience: Audience = {
  lines: (viewers, _runId, lines) => tell(viewers, lines.map(lineEvent).join('')),
  changed: (viewers) => tell(viewers, 'event: changed\ndata: {}\n\n'),
};

const lineEvent = (line: LogLine) => `id: ${line.seq}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`;

function tell(viewers: readonly Viewer[], text: string): void {
  for (const viewer of viewers as EventStream[]) if (!viewer.destroyed && !viewer.readableEnded) viewer.push(text);
}
