import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine } from '../../engine/runs/runs.schema.js';
import { EventStream } from './event-stream.js';
import { startOf } from './stream-start.js';
import { ROOM_BYTES } from './viewer.js';

const line = (seq: number, message = 'Something happened'): LogLine => ({
  seq,
  at: '',
  level: 'info',
  step: null,
  message,
  data: null,
});

it('writes lines as events with their number as id, and the change without', () => {
  const stream = new EventStream(0, () => undefined);
  stream.audience.lines([stream], 'run', [line(1), line(2)]);
  stream.audience.changed([stream], 'run');
  expect(String(stream.read())).toBe(
    `retry: 1000\n\nid: 1\nevent: line\ndata: ${JSON.stringify(line(1))}\n\nid: 2\nevent: line\ndata: ${JSON.stringify(line(2))}\n\nevent: changed\ndata: {}\n\n`,
  );
  stream.destroy();
});

it('has no room while nobody reads, and has again when somebody does', async () => {
  const stream = new EventStream(0, () => undefined);
  stream.audience.lines([stream], 'run', [line(1, 'x'.repeat(ROOM_BYTES + 1))]);
  expect(stream.hasRoom()).toBe(false);
  const room = stream.room();
  stream.resume();
  await expect(room).resolves.toBe(true);
  expect(stream.hasRoom()).toBe(true);
  stream.destroy();
});

it('says when it is gone, whoever ended it', async () => {
  const gone = jest.fn();
  new EventStream(0, gone).destroy();
  await pause(1);
  expect(gone).toHaveBeenCalledTimes(1);
});

it.each([
  ['17', 3, 17],
  [undefined, 3, 3],
  ['no number', undefined, 0],
])('starts after Last-Event-ID %s and ?after=%s at %s', (id, after, start) => expect(startOf(id, after)).toBe(start));
