import { barsOf } from './chart-series';

describe('the bars of the chart', () => {
  it('stack the counts of a day, the tallest day filling the height', () => {
    const bars = barsOf(
      [
        { day: '2026-11-19', counts: { done: 3, failed: 1 } },
        { day: '2026-11-20', counts: { running: 1, ready: 1 } },
      ],
      100,
    );
    expect(bars[0].parts).toEqual([
      { key: 'ok', label: 'Done', count: 3, y: 25, height: 75 },
      { key: 'bad', label: 'Failed or needs a person', count: 1, y: 0, height: 25 },
    ]);
    expect(bars[1].total).toBe(2);
    expect(bars[1].parts).toMatchObject([{ key: 'run', count: 2, height: 50 }]);
  });

  it('are flat without jobs', () => {
    expect(barsOf([{ day: '2026-11-20', counts: {} }], 100)[0].parts).toEqual([]);
  });
});
