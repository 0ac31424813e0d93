import { chooseBreakerWait, chooseRetry, defaultRetry } from './choose-retry.js';

describe('when something that was not applied is tried again', () => {
  const [least, middle, most] = [0, 0.5, 1];

  it.each([
    // retries so far, the shortest, the usual and the longest pause in seconds
    [0, 30, 60, 90],
    [1, 60, 120, 180],
    [2, 120, 240, 360],
  ])('by default, after %i retries: in %i, %i or %i seconds', (soFar, ...seconds) => {
    expect([least, middle, most].map((random) => chooseRetry(defaultRetry, soFar, random))).toEqual(
      seconds.map((each) => each * 1_000),
    );
  });

  it('three times, and then not again', () => {
    expect(defaultRetry).toEqual({ retries: 3, baseMs: 60_000, capMs: 600_000 });
    expect(chooseRetry(defaultRetry, 3, middle)).toBeUndefined();
    expect(chooseRetry(defaultRetry, 3, middle, 1_000)).toBeUndefined();
  });

  it.each([
    [3, 480_000],
    [4, 600_000],
    [30, 600_000],
  ])('a policy with more patience, after %i retries: the pause grows to ten minutes and no further', (soFar, ms) => {
    expect(chooseRetry({ ...defaultRetry, retries: 100 }, soFar, middle)).toBe(ms);
  });

  it.each([
    [least, 7_000],
    [middle, 7_350],
    [most, 7_700],
  ])('a time that was named is kept, and at most a tenth longer: %d', (random, ms) => {
    expect(chooseRetry(defaultRetry, 2, random, 7_000)).toBe(ms);
  });
});

describe('when a call that a breaker held back is tried again', () => {
  it.each([
    // until the probe, others that wait, the earliest and the latest
    [10_000, 0, 5_000, 15_000],
    [10_000, 200, 5_000, 15_000],
    [10_000, 10_000, 250_000, 750_000],
    [10_000, 1_000_000, 300_000, 900_000],
    [2_000, 0, 1_000, 3_000],
  ])('%i ms before the probe, with %i others: in %i to %i ms', (untilProbe, crowd, earliest, latest) => {
    expect(chooseBreakerWait(untilProbe, crowd, 0)).toBe(earliest);
    expect(chooseBreakerWait(untilProbe, crowd, 1)).toBe(latest);
  });
});
