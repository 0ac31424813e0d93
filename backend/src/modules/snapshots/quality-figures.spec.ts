import { calibrationOf, type ConfidenceBin, coverageAccuracyOf } from './quality-figures.js';

const bins: ConfidenceBin[] = [
  { bin: 10, count: 4, accepted: 1, confidence: 2.1 },
  { bin: 11, count: 4, accepted: 2, confidence: 2.3 },
  { bin: 19, count: 2, accepted: 2, confidence: 1.95 },
];

it('says how many decisions a threshold leaves, and how many of them were right', () => {
  const curve = coverageAccuracyOf(bins);
  expect(curve).toHaveLength(20);
  expect(curve[0]).toEqual({ threshold: 0, coverage: 1, accuracy: 0.5 });
  expect(curve[11]).toEqual({ threshold: 0.55, coverage: 0.6, accuracy: 4 / 6 });
  expect(curve[19]).toEqual({ threshold: 0.95, coverage: 0.2, accuracy: 1 });
});

it('compares what was said with what came true, tenth by tenth, without the empty ones', () => {
  const [low, high, ...others] = calibrationOf(bins);
  expect(low).toMatchObject({ from: 0.5, to: 0.6, count: 8, accuracy: 0.375 });
  expect(low.meanConfidence).toBeCloseTo(0.55);
  expect(high).toMatchObject({ from: 0.9, to: 1, count: 2, accuracy: 1 });
  expect(others).toEqual([]);
});

it('is empty while nothing was decided', () => {
  expect([coverageAccuracyOf([]), calibrationOf([])]).toEqual([[], []]);
});
