import { plain } from '../testing/console-test';
import { aQuality } from '../testing/samples';
import { calibrationError, coverageWords, overrideWords, standing, weekBars } from './quality-words';

describe('how good the recommendations are, in words', () => {
  it('stands where the threshold of the agency is', () => {
    expect(standing(aQuality())?.coverage).toBe(0.75);
    expect(standing(aQuality({ threshold: 0.7 }))?.threshold).toBe(0.6);
    expect(standing(aQuality({ coverageAccuracy: [] }))).toBeUndefined();
    expect(plain(coverageWords(aQuality()))).toContain(
      'decides 75 % of the cases by itself and is right in 96 % of them',
    );
  });

  it('weighs each bin by its decisions', () => {
    expect(calibrationError(aQuality().calibration)).toBeCloseTo((10 * 0.15 + 30 * 0.03) / 40);
    expect(calibrationError([])).toBe(0);
  });

  it('has no rate for a week without decisions', () => {
    const bars = weekBars([
      { week: '2026-11-09', decided: 0, overridden: 0 },
      { week: '2026-11-16', decided: 4, overridden: 1 },
    ]);
    expect(bars.map(({ rate }) => rate)).toEqual([null, 0.25]);
    expect(plain(overrideWords(aQuality()))).toContain('4 of 40 decisions (10 %)');
  });
});
