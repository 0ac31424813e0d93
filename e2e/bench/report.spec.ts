import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reportOf, type Row } from './report.mjs';

const read = (name: string) => readFileSync(resolve('docs', name), 'utf8');
const figures = JSON.parse(read('performance-report.json')) as Record<string, Row>;

describe('the performance report', () => {
  it('says what was measured, and nobody typed it', () => {
    expect(read('performance-report.md')).toBe(reportOf(figures));
  });

  it('says that a must was missed, and where', () => {
    const [key, row] = Object.entries(figures)[0];
    const worse = reportOf({ ...figures, [key]: { ...row, mustMet: false, goalMet: false } });
    expect(worse).not.toContain('Every must is met');
    expect(worse).toContain(`${row.says.replaceAll('|', '\\|')} | MISS |`);
  });
});
