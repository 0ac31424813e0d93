import { DestroyRef, effect, inject, Service, signal, untracked } from '@angular/core';
import type { LogLine } from '../api/models';
import { LiveSocket } from '../live/live-socket';
import { JobsApi } from './jobs.api';
import { LogBook } from './log-book';

export const LOG_PAGE = 5_000;
const OFFLINE_POLL_MS = 3_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Keeps a `LogBook` filled: newest page first, then live lines; what the socket missed comes from the stored log.
 * Provided by the viewer, so that it lives and ends with it.
 */
@Service({ autoProvided: false })
export class LogFeed {
  private readonly api = inject(JobsApi);
  private readonly live = inject(LiveSocket);
  private book = new LogBook();
  private runId = '';
  /** The highest sequence number that anybody mentioned. */
  private wanted = 0;
  private catchingUp = false;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly lines = signal<readonly LogLine[]>([]);
  readonly first = signal(1);
  readonly started = signal(false);
  readonly loadingEarlier = signal(false);
  readonly problem = signal<unknown>(undefined);
  /** Set by the viewer: no more lines come by themselves, so nobody has to ask for them. */
  readonly ended = signal(false);

  constructor() {
    const stop = this.live.on('run:lines', ({ runId, lines }) => {
      if (runId === this.runId) this.receive(lines);
    });
    effect(() => {
      if (this.live.connections() === 0 || !this.started()) return;
      this.watch();
      if (untracked(this.problem)) void this.catchUp();
    });
    effect((onCleanup) => {
      if (this.live.connected() || this.ended() || !this.started()) return;
      const poll = setInterval(() => void this.catchUp(), OFFLINE_POLL_MS);
      onCleanup(() => clearInterval(poll));
    });
    inject(DestroyRef).onDestroy(() => {
      this.closed = true;
      clearTimeout(this.timer);
      stop();
      this.live.emit('run:unwatch', { runId: this.runId });
    });
  }

  /** Starts with the last page of the log, or further back when a line is wanted that lies before it. */
  async start(runId: string, lastSeq: number, from = Infinity): Promise<void> {
    if (this.runId) this.live.emit('run:unwatch', { runId: this.runId });
    this.started.set(false);
    this.runId = runId;
    this.wanted = lastSeq;
    this.book = new LogBook(Math.max(0, Math.min(lastSeq - LOG_PAGE, from - 100)));
    await this.catchUp();
    this.started.set(true);
  }

  /** The page before the first line that we have. */
  async loadEarlier(): Promise<number> {
    const after = Math.max(0, this.book.first - 1 - LOG_PAGE);
    if (this.book.first <= 1 || this.loadingEarlier()) return 0;
    this.loadingEarlier.set(true);
    try {
      const { lines } = await this.api.log(this.runId, after, this.book.first - 1 - after);
      return this.book.prepend(lines);
    } catch (error) {
      this.problem.set(error);
      return 0;
    } finally {
      this.loadingEarlier.set(false);
      this.publish();
    }
  }

  receive(lines: readonly LogLine[]): void {
    this.wanted = Math.max(this.wanted, lines.at(-1)?.seq ?? 0);
    const complete = this.book.append(lines);
    this.publish();
    if (!complete) void this.catchUp();
  }

  /** Reads the stored log until nothing that was mentioned is missing. */
  async catchUp(): Promise<void> {
    if (this.catchingUp || this.closed) return;
    this.catchingUp = true;
    try {
      let gained: number;
      do {
        const before = this.book.last;
        const page = await this.api.log(this.runId, before, LOG_PAGE);
        if (this.closed) return;
        this.wanted = Math.max(this.wanted, page.lastSeq);
        this.book.append(page.lines);
        this.publish();
        gained = this.book.last - before;
      } while (gained > 0 && this.book.last < this.wanted);
      this.problem.set(undefined);
      // Told of a line that is not yet readable: look again soon.
      if (this.book.last < this.wanted) this.timer = setTimeout(() => void this.catchUp(), LOOK_AGAIN_MS);
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.catchingUp = false;
    }
  }

  private watch(): void {
    this.live.emit('run:watch', { runId: this.runId, after: this.book.last });
  }

  private publish(): void {
    this.lines.set(this.book.lines);
    this.first.set(this.book.first);
  }
}
