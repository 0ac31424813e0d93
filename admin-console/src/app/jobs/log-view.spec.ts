import type { LogLevel, LogLine } from '../api/models';
import { atLeast, cut, indexOfSeq, lineOfFragment, matchesIn } from './log-view';

const line = (seq: number, level: LogLevel, message: string, data: LogLine['data'] = null): LogLine => ({
  seq,
  at: '',
  level,
  step: 'create-location',
  message,
  data,
});
const lines = [line(5, 'debug', 'Asked'), line(6, 'info', 'Made it'), line(7, 'error', 'Refused', { id: 'Loc1' })];

describe('the view of a log', () => {
  it('leaves out lower levels', () => {
    expect(atLeast(lines, 'debug')).toHaveLength(3);
    expect(atLeast(lines, 'warn').map(({ seq }) => seq)).toEqual([7]);
  });

  it('searches messages, steps and data in any case', () => {
    expect(matchesIn(lines, 'MADE')).toEqual([1]);
    expect(matchesIn(lines, 'loc1')).toEqual([2]);
    expect(matchesIn(lines, 'create-loc')).toEqual([0, 1, 2]);
    expect(matchesIn(lines, '  ')).toEqual([]);
  });

  it('cuts a text at every match', () => {
    expect(cut('a B ab', 'b')).toEqual([
      { text: 'a ', hit: false },
      { text: 'B', hit: true },
      { text: ' a', hit: false },
      { text: 'b', hit: true },
    ]);
  });

  it('reads the line of a link', () => {
    expect(lineOfFragment('line-123')).toBe(123);
    expect(lineOfFragment('line-x')).toBeNull();
    expect(lineOfFragment(null)).toBeNull();
  });

  it('finds a line, or the next one when it is filtered out', () => {
    expect(indexOfSeq(lines, 6)).toBe(1);
    expect(indexOfSeq([lines[0], lines[2]], 6)).toBe(1);
    expect(indexOfSeq(lines, 99)).toBe(2);
  });
});
