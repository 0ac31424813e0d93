import { readJobsUrl, refilter, requestOf, writeJobsUrl } from './jobs-filter';

const first = readJobsUrl({});

describe('the filter of the jobs in the address', () => {
  it('reads what it writes', () => {
    const filter = readJobsUrl({
      state: 'failed,waiting',
      search: 'dental',
      attention: 'true',
      trail: ['c1', 'c2'],
    });
    const url = writeJobsUrl(filter);
    expect(url).toEqual({
      state: 'waiting,failed',
      search: 'dental',
      attention: 'true',
      trail: ['c1', 'c2'],
    });
    expect(readJobsUrl(url as Record<string, string>)).toEqual(filter);
  });

  it('drops states that do not exist', () => {
    expect(readJobsUrl({ state: 'failed,exploded' }).states).toEqual(['failed']);
  });

  it('leaves an unfiltered address clean', () => {
    expect(Object.values(writeJobsUrl(first))).toEqual([null, null, null, null]);
    expect(requestOf(first)).toEqual({ limit: '25' });
  });

  it('asks for the page that the trail leads to', () => {
    expect(requestOf({ ...first, trail: ['c1', 'c2'] })).toEqual({ limit: '25', cursor: 'c2' });
  });

  it('starts at the first page when the filter changes', () => {
    const third = { ...first, trail: ['c1', 'c2'] };
    expect(refilter(third, { search: 'x' })).toEqual({ ...first, search: 'x' });
  });
});
