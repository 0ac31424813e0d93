import type { BatchCounts } from '../api/models';
import { aCount } from '../testing/samples';
import { ROW_STATES, rowStatesOf, sharesOf, wordsOf } from './batch-words';

describe('the words of a batch', () => {
  it('counts every row that has a job in exactly one part of the bar', () => {
    const one = Object.fromEntries(Object.keys(ROW_STATES).map((state) => [state, 1])) as unknown as BatchCounts;
    const shares = sharesOf(one);
    const leftOut = ['problem', 'excluded'];
    expect(shares.reduce((sum, { rows }) => sum + rows, 0)).toBe(Object.keys(ROW_STATES).length - leftOut.length);
    expect(shares.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
  });

  it('draws an empty bar for a batch without rows', () => {
    expect(sharesOf(aCount()).every(({ percent }) => percent === 0)).toBe(true);
  });

  it('offers every state of a row in some filter', () => {
    const offered = new Set([...rowStatesOf('ready'), ...rowStatesOf('running')]);
    expect([...offered].toSorted()).toEqual(Object.keys(ROW_STATES).toSorted());
  });

  it('shows green only when nothing is left to look at', () => {
    expect(wordsOf('finished', aCount({ done: 3 })).tone).toBe('ok');
    expect(wordsOf('finished', aCount({ done: 3, partial: 1 })).tone).toBe('wait');
    expect(wordsOf('finished', aCount({ done: 3, partial: 1, failed: 1 })).tone).toBe('bad');
    expect(wordsOf('finished', aCount({ done: 3, 'needs-human': 1 })).tone).toBe('bad');
  });
});
