import type { LogLine } from '../../engine/runs/runs.schema.js';
import type { Audience, Viewer } from './viewer.js';

/** Lines of the stored log after a cursor, oldest first. */
export type ReadLines = (after: number, limit: number) => Promise<readonly LogLine[]>;

export interface TailTimes {
  /** With many viewers, the least time between two tellings: lines that come meanwhile are told together. */
  gatherMs: number;
  /** Between two tellings that the run changed. */
  changedEveryMs: number;
  /** Before a read that failed is tried again. */
  retryMs: number;
}
export const tailTimes: TailTimes = { gatherMs: 50, changedEveryMs: 200, retryMs: 1_000 };

const PAGE = 1_000;
const MANY = 50;

/**
 * The end of one run's log in this process. The stored log is read once for all viewers that are at its end; a viewer
 * that is not there yet, or that has no room, reads on from its own cursor until it is. Nothing depends on being told:
 * lines are numbered without gaps, so each viewer gets each line once and in order, or is cut.
 */
export class RunTail {
  private readonly live = new Set<Viewer>();
  private readonly behind = new Set<Viewer>();
  /** The last line that was read for the live viewers. */
  private cursor = 0;
  private reading = false;
  private askedAgain = false;
  private gathering?: NodeJS.Timeout;
  private gathered = false;
  private telling?: NodeJS.Timeout;

  constructor(
    readonly runId: string,
    private readonly read: ReadLines,
    private readonly onFault: (error: unknown) => void,
    private readonly times: TailTimes = tailTimes,
  ) {}

  get isEmpty(): boolean {
    return this.live.size + this.behind.size === 0;
  }

  /** Where the live viewers are; what is stored after it has not been told to them. */
  get position(): number {
    return this.cursor;
  }

  join(viewer: Viewer): void {
    this.behind.add(viewer);
    void this.catchUp(viewer);
  }

  leave(viewer: Viewer): void {
    this.live.delete(viewer);
    this.behind.delete(viewer);
    if (!this.isEmpty) return;
    clearTimeout(this.gathering);
    clearTimeout(this.telling);
  }

  /** There may be new lines. */
  wake(): void {
    if (this.live.size <= MANY) return void this.readOn();
    if (this.gathering) {
      this.gathered = true;
      return;
    }
    this.gathered = false;
    this.gathering = setTimeout(() => {
      this.gathering = undefined;
      if (this.gathered) this.wake();
    }, this.times.gatherMs);
    void this.readOn();
  }

  /** The run or one of its steps changed; told a few times a second at most. */
  changed(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      for (const [audience, viewers] of byAudience([...this.live, ...this.behind]))
        audience.changed(viewers, this.runId);
    }, this.times.changedEveryMs);
  }

  private async readOn(): Promise<void> {
    this.askedAgain = true;
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.askedAgain && this.live.size > 0) {
        this.askedAgain = false;
        const lines = await this.read(this.cursor, PAGE);
        if (lines.length === 0) continue;
        this.cursor = lines.at(-1)!.seq;
        this.fanOut(lines);
        this.askedAgain ||= lines.length === PAGE;
      }
    } catch (error) {
      this.onFault(error); // the next look at where the runs are wakes this tail again
    } finally {
      this.reading = false;
    }
  }

  private fanOut(lines: readonly LogLine[]): void {
    const [first, last] = [lines[0].seq, lines.at(-1)!.seq];
    const ready: Viewer[] = [];
    for (const viewer of this.live) {
      if (viewer.cursor >= last) continue; // it read ahead while it caught up
      if (viewer.cursor === first - 1 && viewer.hasRoom()) ready.push(viewer);
      else this.fallBehind(viewer);
    }
    this.send(ready, lines);
  }

  private fallBehind(viewer: Viewer): void {
    this.live.delete(viewer);
    this.join(viewer);
  }

  private async catchUp(viewer: Viewer): Promise<void> {
    while (this.behind.has(viewer)) {
      if (!(await viewer.room())) return this.leave(viewer);
      const lines = await this.readFor(viewer);
      if (!lines || !this.behind.has(viewer)) continue;
      this.send([viewer], lines);
      if (lines.length < PAGE && viewer.cursor >= this.cursor) this.goLive(viewer);
    }
  }

  private goLive(viewer: Viewer): void {
    if (this.live.size === 0) this.cursor = viewer.cursor;
    this.behind.delete(viewer);
    this.live.add(viewer);
    this.wake(); // a line may have come between the last read and now
  }

  private async readFor(viewer: Viewer): Promise<readonly LogLine[] | undefined> {
    try {
      return await this.read(viewer.cursor, PAGE);
    } catch (error) {
      this.onFault(error);
      await new Promise((resolve) => setTimeout(resolve, this.times.retryMs));
      return undefined;
    }
  }

  private send(viewers: readonly Viewer[], lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    for (const viewer of viewers) viewer.cursor = lines.at(-1)!.seq;
    for (const [audience, together] of byAudience(viewers)) audience.lines(together, this.runId, lines);
  }
}

function byAudience(viewers: readonly Viewer[]): Map<Audience, Viewer[]> {
  const groups = new Map<Audience, Viewer[]>();
  for (const viewer of viewers) {
    const group = groups.get(viewer.audience);
    if (group) group.push(viewer);
    else groups.set(viewer.audience, [viewer]);
  }
  return groups;
}
