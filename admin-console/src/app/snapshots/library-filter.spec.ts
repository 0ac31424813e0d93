import { aSnapshot } from '../testing/samples';
import { languagesOf, matching, verticalsOf } from './library-filter';

const dental = aSnapshot({ id: 'a', name: 'Dental Pro', vertical: 'Dental', language: 'en' });
const beauty = aSnapshot({ id: 'b', name: 'Clínica estética', vertical: 'Beauty', language: 'es', type: 'imported' });
const bare = aSnapshot({ id: 'c', name: 'Plumber', vertical: null, language: null, annotatedAt: null, gone: true });
const broken = aSnapshot({
  ...{ id: 'd', name: 'Gym', vertical: 'Fitness', contents: ['Trial class funnel'] },
  loads: { done: 1, underWay: 0, failed: 2, lastFailure: null },
});
const library = [dental, beauty, bare, broken];
const found = (filter: Parameters<typeof matching>[1]) => matching(library, filter).map(({ id }) => id);

describe('the filter of the library', () => {
  it.each([
    [{}, ['a', 'b', 'c', 'd']],
    [{ search: 'clinica' }, ['b']],
    [{ search: 'funnel trial' }, ['d']],
    [{ search: 'dental gym' }, []],
    [{ vertical: 'Beauty' }, ['b']],
    [{ language: 'en', search: 'pro' }, ['a']],
    [{ language: 'es' }, ['b']],
    [{ type: 'imported' }, ['b']],
    [{ state: 'gone' }, ['c']],
    [{ state: 'bare' }, ['c']],
    [{ state: 'failed' }, ['d']],
    [{ state: 'no-such-state' }, ['a', 'b', 'c', 'd']],
  ])('%j finds %j', (filter, ids) => {
    expect(found(filter)).toEqual(ids);
  });

  it('offers what there is, languages by name', () => {
    expect(verticalsOf(library)).toEqual(['Beauty', 'Dental', 'Fitness']);
    expect(languagesOf(library)).toEqual([
      { code: 'en', name: 'English' },
      { code: 'es', name: 'Spanish' },
    ]);
  });
});
