import { counted, percent } from './number-words';

describe('numbers in words', () => {
  it('parts the thousands of a count', () => {
    expect(counted(10_000)).toBe((10_000).toLocaleString());
    expect(counted(10_000)).not.toBe('10000');
    expect(counted(999)).toBe('999');
  });

  it('says a share in per cent', () => {
    expect([0, 0.005, 0.834, 1].map(percent)).toEqual(['0\u00a0%', '1\u00a0%', '83\u00a0%', '100\u00a0%']);
  });
});
