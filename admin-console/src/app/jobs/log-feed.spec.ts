import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import type { LogLine, LogPage } from '../api/models';
import { LiveSocket } from '../live/live-socket';
import { JobsApi } from './jobs.api';
import { LOG_PAGE, LogFeed } from './log-feed';

const line = (seq: number): LogLine => ({ seq, at: '', level: 'info', step: null, message: `line ${seq}`, data: null });

/** A stored log of any length, and a socket that the test drives. */
function aFeed(stored: number) {
  const log = { length: stored };
  const asked: number[] = [];
  const emitted: [string, object][] = [];
  let tell: (body: { runId: string; lines: LogLine[] }) => void = () => undefined;
  const live = {
    connections: signal(0),
    connected: signal(true),
    emit: (event: string, body: object) => void emitted.push([event, body]),
    on: (_event: string, listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  };
  const api = {
    log: (_id: string, after: number, limit: number): Promise<LogPage> => {
      asked.push(after);
      const last = Math.min(log.length, after + limit);
      const lines = Array.from({ length: Math.max(0, last - after) }, (_, index) => line(after + index + 1));
      return Promise.resolve({ lines, lastSeq: log.length });
    },
  };
  TestBed.configureTestingModule({
    providers: [LogFeed, { provide: LiveSocket, useValue: live }, { provide: JobsApi, useValue: api }],
  });
  const feed = TestBed.inject(LogFeed);
  return { feed, log, asked, emitted, live, tell: (runId: string, lines: LogLine[]) => tell({ runId, lines }) };
}

const settle = async () => {
  TestBed.tick();
  await new Promise((resolve) => setTimeout(resolve));
  TestBed.tick();
};
const seqs = (feed: LogFeed) => feed.lines().map(({ seq }) => seq);

describe('the feed of a log', () => {
  afterEach(() => jest.useRealTimers());

  it('starts with the newest page of a long log', async () => {
    const { feed } = aFeed(12_000);
    await feed.start('run', 12_000);
    expect(feed.first()).toBe(12_000 - LOG_PAGE + 1);
    expect(feed.lines()).toHaveLength(LOG_PAGE);
  });

  it('starts further back when an earlier line is wanted', async () => {
    const { feed } = aFeed(12_000);
    await feed.start('run', 12_000, 300);
    expect(feed.first()).toBe(201);
    expect(feed.lines().at(-1)?.seq).toBe(12_000);
  });

  it('loads the page before', async () => {
    const { feed } = aFeed(12_000);
    await feed.start('run', 12_000);
    expect(await feed.loadEarlier()).toBe(LOG_PAGE);
    expect(await feed.loadEarlier()).toBe(2_000);
    expect(await feed.loadEarlier()).toBe(0);
    expect(feed.first()).toBe(1);
  });

  it('fetches what is missing when live lines leave a gap', async () => {
    const { feed, log, asked, tell } = aFeed(3);
    await feed.start('run', 3);
    log.length = 8;
    tell('run', [line(7), line(8)]);
    await settle();
    expect(asked.at(-1)).toBe(3);
    expect(seqs(feed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('shows overlapping live lines once', async () => {
    const { feed, tell } = aFeed(3);
    await feed.start('run', 3);
    tell('run', [line(2), line(3), line(4)]);
    expect(seqs(feed)).toEqual([1, 2, 3, 4]);
  });

  it('leaves the lines of another job alone', async () => {
    const { feed, tell } = aFeed(3);
    await feed.start('run', 3);
    tell('other', [line(4)]);
    expect(seqs(feed)).toEqual([1, 2, 3]);
  });

  it('says again after a reconnect what it watches, with its cursor', async () => {
    const { feed, live, emitted, tell } = aFeed(3);
    live.connections.set(1);
    await feed.start('run', 3);
    await settle();
    expect(emitted.at(-1)).toEqual(['run:watch', { runId: 'run', after: 3 }]);
    tell('run', [line(4), line(5)]);
    live.connections.set(2);
    await settle();
    expect(emitted.at(-1)).toEqual(['run:watch', { runId: 'run', after: 5 }]);
  });

  it('asks every three seconds while the socket is lost, and stops when it is back', async () => {
    const { feed, live, log, asked } = aFeed(3);
    await feed.start('run', 3);
    jest.useFakeTimers();
    live.connected.set(false);
    TestBed.tick();
    log.length = 5;
    await jest.advanceTimersByTimeAsync(3_100);
    expect(seqs(feed)).toEqual([1, 2, 3, 4, 5]);
    live.connected.set(true);
    TestBed.tick();
    const before = asked.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(before);
  });
});
