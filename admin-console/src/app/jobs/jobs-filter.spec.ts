import { readJobsUrl, refilter, requestOf, turnBack, turnForward, writeJobsUrl } from './jobs-filter';

const first = readJobsUrl({});

describe('the filter of the jobs in the address', () => {
  it('reads what it writes', () => {
    const filter = readJobsUrl({
      state: 'failed,waiting',
      search: 'dental',
      attention: 'true',
      cursor: 'c2',
      back: ['', 'c1'],
    });
    const url = writeJobsUrl(filter);
    expect(url).toEqual({
      state: 'waiting,failed',
      search: 'dental',
      attention: 'true',
      cursor: 'c2',
      back: ['', 'c1'],
    });
    expect(readJobsUrl(url as Record<string, string>)).toEqual(filter);
  });

  it('drops states that do not exist', () => {
    expect(readJobsUrl({ state: 'failed,exploded' }).states).toEqual(['failed']);
  });

  it('leaves an unfiltered address clean', () => {
    expect(Object.values(writeJobsUrl(first))).toEqual([null, null, null, null, null]);
    expect(requestOf(first)).toEqual({ limit: '25' });
  });

  it('turns pages forth and back', () => {
    const second = turnForward(first, 'c1');
    const third = turnForward(second, 'c2');
    expect(third).toMatchObject({ cursor: 'c2', back: ['', 'c1'] });
    expect(turnBack(third)).toEqual(second);
    expect(turnBack(second)).toEqual(first);
  });

  it('starts at the first page when the filter changes', () => {
    const third = turnForward(turnForward(first, 'c1'), 'c2');
    expect(refilter(third, { search: 'x' })).toMatchObject({ search: 'x', cursor: '', back: [] });
  });
});
