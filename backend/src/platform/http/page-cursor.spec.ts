import { fromCursor, toCursor } from './page-cursor.js';

const filter = { state: ['done'], limit: 25 };

it('leads back to the position, whatever the page size', () => {
  const cursor = toCursor(['2026-01-01T00:00:00.000Z', 7], filter);
  expect(fromCursor(cursor, { ...filter, limit: 50, cursor }, ['time', 'number'])).toEqual([
    '2026-01-01T00:00:00.000Z',
    7,
  ]);
  expect(fromCursor(undefined, filter, ['number'])).toBeUndefined();
});

it.each([
  ['no cursor at all', '%%%'],
  ['not JSON', Buffer.from('nope').toString('base64url')],
  ['an object', Buffer.from('{"a":1}').toString('base64url')],
  ['another filter', toCursor([7], { state: ['failed'] })],
  ['too many values', toCursor([7, 8], filter)],
  ['a text for a number', toCursor(["7'; DROP TABLE runs"], filter)],
  ['a negative number', toCursor([-1], filter)],
])('refuses %s', (_what, cursor) => {
  expect(() => fromCursor(cursor, filter, ['number'])).toThrow(
    expect.objectContaining({ kind: 'validation', errors: [expect.objectContaining({ pointer: '?cursor' })] }),
  );
});
