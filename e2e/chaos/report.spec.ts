import { mergedInto, reportAndData, reportOf, type Shown } from './report.js';

const row = (id: string, commit: string): Shown['faults'][number] => ({
  ...{ id, commit, title: 'Killed', holds: 'nothing is lost', mode: 'cluster', seeds: [1, 2], tries: 2, survived: 1 },
  ...{ worstRecoveryMs: 1_000, date: '2026-01-01T00:00' },
});
const violation = (fault: string, finding: string) => ({ fault, mode: 'cluster' as const, seed: 1, finding });
const shown = (faults: Shown['faults'], violations: Shown['violations'] = []): Shown => ({
  ...{ machine: 'a machine', times: 'short', faults, violations },
});

const suite = ['F01', 'F02'].map((id) => ({ id, modes: ['cluster' as const] }));

describe('the report of the fault suite', () => {
  it('is made from its data', () => {
    const { report, made } = reportAndData();
    expect(report).toBe(made);
  });

  it('keeps what was not tried again, with its commit and what was found then', () => {
    const before = shown(
      [row('F01', 'old'), row('F02', 'old')],
      [violation('F01', 'lost'), violation('F02', 'gone astray')],
    );
    const after = mergedInto(before, shown([row('F02', 'new')], [violation('F02', 'two of them')]), suite);
    expect(after.faults.map(({ id, commit }) => `${id} ${commit}`)).toEqual(['F01 old', 'F02 new']);
    expect(after.violations.map(({ finding }) => finding)).toEqual(['lost', 'two of them']);
    const report = reportOf(after);
    expect(report).toContain('4 tries, 2 survived');
    expect(report).toContain('- F02, cluster, seed 1: two of them');
    expect(report).not.toContain('gone astray');
  });

  it('keeps what was found of a whole world until no row shows a try of its seed', () => {
    const before = shown([row('F01', 'old'), row('F02', 'old')], [violation('world', 'ended by itself')]);
    const later = (id: string) => shown([{ ...row(id, 'new'), seeds: [5, 6] }]);
    const once = mergedInto(before, later('F01'), suite);
    expect(once.violations).toHaveLength(1);
    expect(mergedInto(once, later('F02'), suite).violations).toEqual([]);
  });
});
