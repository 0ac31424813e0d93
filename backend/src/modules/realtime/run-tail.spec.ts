import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine } from '../../engine/runs/runs.schema.js';
import { RunTail } from './run-tail.js';
import type { Audience, Viewer } from './viewer.js';

const quick = { gatherMs: 5, changedEveryMs: 5, retryMs: 5 };

describe('the tail of a run', () => {
  let stored: LogLine[];
  let reads: number;
  let failing: boolean;
  let tail: RunTail;

  beforeEach(() => {
    [stored, reads, failing] = [[], 0, false];
    const read = async (after: number, limit: number) => {
      reads++;
      await pause(Math.random() * 3);
      if (failing) throw new Error('the database is away');
      return stored.filter((line) => line.seq > after).slice(0, limit);
    };
    tail = new RunTail('run', read, () => undefined, quick);
  });

  it('brings a viewer what was stored before and what comes, each line once and in order', async () => {
    write(2_500);
    const viewer = new FakeViewer();
    tail.join(viewer);
    for (let round = 0; round < 40; round++) {
      write(1 + Math.floor(Math.random() * 5));
      tail.wake();
      await pause(Math.random() * 3);
    }
    await settled(viewer);
  });

  it('reads once for all viewers at the end, and tells an audience once', async () => {
    const viewers = Array.from({ length: 80 }, () => new FakeViewer());
    viewers.forEach((viewer) => tail.join(viewer));
    await pause(60);
    const [readsBefore, tellings] = [reads, audience.tellings];
    write(10);
    for (let times = 0; times < 10; times++) tail.wake();
    await Promise.all(viewers.map(settled));
    expect(reads - readsBefore).toBeLessThanOrEqual(2);
    expect(audience.tellings - tellings).toBe(1);
  });

  it('tells the first line at once, however long the next ones are gathered', async () => {
    const read = async (after: number) => stored.filter((line) => line.seq > after);
    tail = new RunTail('run', read, () => undefined, { ...quick, gatherMs: 400 });
    const viewers = Array.from({ length: 80 }, () => new FakeViewer());
    viewers.forEach((viewer) => tail.join(viewer));
    await pause(1_000); // their coming began to gather
    write(1);
    tail.wake();
    await pause(1);
    expect(viewers.map(({ got }) => got)).toEqual(viewers.map(() => [1]));
    write(1);
    tail.wake();
    await pause(1);
    expect(viewers[0].got).toEqual([1]);
    await Promise.all(viewers.map(settled));
    viewers.forEach((viewer) => tail.leave(viewer));
  });

  it('lets viewers begin anywhere and come and go', async () => {
    write(300);
    const viewers = [0, 100, 299, 300].map((after) => new FakeViewer(after));
    for (const viewer of viewers) {
      tail.join(viewer);
      write(7);
      tail.wake();
      await pause(2);
    }
    await Promise.all(viewers.map(settled));
    tail.leave(viewers[0]);
    write(5);
    tail.wake();
    await settled(viewers[1]);
    expect(viewers[0].got.length).toBeLessThan(stored.length);
  });

  it('gives nothing to a viewer without room, and everything when it has room again', async () => {
    const [slow, quickOne] = [new FakeViewer(), new FakeViewer()];
    tail.join(slow);
    tail.join(quickOne);
    await pause(20);
    slow.full = true;
    write(50);
    tail.wake();
    await settled(quickOne);
    expect(slow.got).toEqual([]);
    slow.full = false;
    await settled(slow);
  });

  it('lets go of a viewer that is cut', async () => {
    const viewer = new FakeViewer();
    viewer.cut = true;
    tail.join(viewer);
    await pause(10);
    expect(tail.isEmpty).toBe(true);
  });

  it('loses nothing while the database is away', async () => {
    const viewer = new FakeViewer();
    tail.join(viewer);
    await pause(20);
    failing = true;
    write(20);
    tail.wake();
    await pause(20);
    failing = false;
    tail.wake(); // what the look at the positions does every second
    await settled(viewer);
  });

  it('tells a few times only that a run changed', async () => {
    const viewer = new FakeViewer();
    tail.join(viewer);
    for (let times = 0; times < 20; times++) tail.changed();
    await pause(20);
    expect(viewer.changes).toBe(1);
  });

  function write(count: number): void {
    for (let index = 0; index < count; index++)
      stored.push({ seq: stored.length + 1, at: '', level: 'info', step: null, message: '', data: null });
  }

  async function settled(viewer: FakeViewer): Promise<void> {
    const wanted = () => stored.filter((line) => line.seq > viewer.from).map((line) => line.seq);
    for (let waited = 0; viewer.got.length < wanted().length && waited < 2_000; waited += 5) await pause(5);
    expect(viewer.got).toEqual(wanted());
  }
});

class FakeAudience implements Audience {
  tellings = 0;
  lines(viewers: readonly Viewer[], _runId: string, lines: readonly LogLine[]): void {
    this.tellings++;
    for (const viewer of viewers as FakeViewer[]) viewer.got.push(...lines.map((line) => line.seq));
  }
  changed(viewers: readonly Viewer[]): void {
    for (const viewer of viewers as FakeViewer[]) viewer.changes++;
  }
}
const audience = new FakeAudience();

class FakeViewer implements Viewer {
  readonly audience = audience;
  readonly got: number[] = [];
  changes = 0;
  full = false;
  cut = false;
  cursor: number;
  constructor(readonly from = 0) {
    this.cursor = from;
  }
  hasRoom() {
    return !this.full;
  }
  async room() {
    while (this.full) await pause(2);
    return !this.cut;
  }
}
