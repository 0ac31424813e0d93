import { duration, relativeTime } from './time-words';

const now = Date.parse('2026-11-20T12:00:00Z');
const before = (seconds: number) => now - seconds * 1_000;

describe('times in words', () => {
  it.each([
    [3, 'just now'],
    [45, '40 seconds ago'],
    [125, '2 minutes ago'],
    [7_300, '2 hours ago'],
    [90_000, 'yesterday'],
    [-1, 'just now'],
    [-3, 'in a moment'],
    [-125, 'in 2 minutes'],
  ])('%d seconds ago is "%s"', (seconds, words) => {
    expect(relativeTime(before(seconds), now)).toBe(words);
  });

  it.each([
    [250, '250 ms'],
    [45_000, '45 s'],
    [185_000, '3 min 5 s'],
    [7_200_000, '2 h'],
    [345_600_000, '4 days'],
  ])('%d ms lasts "%s"', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
