import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Result } from './driver.js';
import type { Fault } from './fault.js';
import { faults } from './faults/index.js';
import { type Mode, shortTimes } from './world.js';

/** One fault in one mode, as often as it was tried at one commit. */
interface Row {
  id: string;
  title: string;
  holds: string;
  mode: Mode;
  seeds: [first: number, last: number];
  tries: number;
  survived: number;
  worstRecoveryMs: number | null;
  date: string;
  commit: string;
}

interface Violation {
  fault: string;
  mode: Mode;
  seed: number;
  finding: string;
}

/** What runs have shown, as it is kept beside the report that is made from it. */
export interface Shown {
  machine: string;
  times: string;
  faults: Row[];
  /** What was found, if anything; and what could be told of the worlds at their end. */
  violations: Violation[];
}

const docs = 'docs';
const dataFile = join(docs, 'reliability-report.json');
const reportFile = join(docs, 'reliability-report.md');

export function shownBy(results: readonly Result[], chosen: readonly Fault[], seeds: number[]): Shown {
  const about = { date: new Date().toISOString().slice(0, 16), commit: commit() };
  const rows = chosen.flatMap(({ id, title, holds, modes }) =>
    modes.map((mode): Row => {
      const tries = results.filter((each) => each.fault === id && each.mode === mode);
      const worst = Math.max(...tries.map(({ recoveryMs }) => recoveryMs ?? -1));
      const survived = tries.filter((each) => each.survived).length;
      return {
        ...{ id, title, holds, mode, seeds: [seeds[0], seeds.at(-1)!], tries: tries.length, survived },
        ...{ worstRecoveryMs: worst < 0 ? null : worst, ...about },
      };
    }),
  );
  const violations = results
    .filter(({ survived }) => !survived)
    .flatMap(({ fault, mode, seed, findings }) =>
      findings.map((each) => ({ fault, mode, seed, finding: each.split('\n')[0] })),
    );
  return { machine: machine(), times: times(), faults: rows.filter(({ tries }) => tries > 0), violations };
}

/** Rows that were not tried now stay as they were, each with its own commit. */
export function writeReport(shown: Shown): void {
  const kept = mergedInto(JSON.parse(readFileSync(dataFile, 'utf8')) as Shown, shown, faults);
  writeFileSync(dataFile, `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(reportFile, reportOf(kept));
}

/** In the order of the suite's faults; what is none of them any more is left out. */
export function mergedInto(known: Shown, now: Shown, suite: readonly Pick<Fault, 'id' | 'modes'>[]): Shown {
  const rowIn = ({ faults }: Shown, id: string, mode: string) =>
    faults.find((each) => each.id === id && each.mode === mode);
  const rows = suite.flatMap(({ id, modes }) =>
    modes.flatMap((mode) => rowIn(now, id, mode) ?? rowIn(known, id, mode) ?? []),
  );
  /** What was seen of a whole world is told for as long as a row shows a try of its seed. */
  const isShown = ({ mode, seed }: Violation) =>
    rows.some((row) => row.mode === mode && row.seeds[0] <= seed && seed <= row.seeds[1]);
  const isStill = (each: Violation) => isShown(each) && !rowIn(now, each.fault, each.mode);
  return { ...now, faults: rows, violations: eachOnce([...known.violations.filter(isStill), ...now.violations]) };
}

const eachOnce = (violations: Violation[]) => [
  ...new Map(violations.map((each) => [JSON.stringify(Object.values(each)), each])).values(),
];

/** The report as it is, and as it would be made from its data. */
export const reportAndData = () => ({
  report: readFileSync(reportFile, 'utf8'),
  made: reportOf(JSON.parse(readFileSync(dataFile, 'utf8')) as Shown),
});

export function reportOf({ machine, times, faults, violations }: Shown): string {
  const tries = faults.reduce((sum, each) => sum + each.tries, 0);
  const survived = faults.reduce((sum, each) => sum + each.survived, 0);
  const rows = faults.map(({ id, title, holds, mode, seeds, tries, survived, worstRecoveryMs, commit, date }) =>
    [
      ...[id, title, holds, mode, `${seeds[0]}–${seeds[1]}`, tries, survived],
      worstRecoveryMs === null ? '' : `${(worstRecoveryMs / 1_000).toFixed(1)} s`,
      `${commit}, ${date.slice(0, 10)}`,
    ].join(' | '),
  );
  const found = violations.map(
    ({ fault, mode, seed, finding }) => `- ${fault}, ${mode}, seed ${seed}: ${finding.replaceAll('|', '\\|')}`,
  );
  return `# Reliability report

Made by \`npm run chaos -- --report\` from [its data](reliability-report.json); not typed. ${tries} tries, ${survived} survived.

- On ${machine}
- The same seed draws the same moments and the same answers
- Times are those of the suite: ${times}

A try survives when nothing is lost, made twice, made without being asked for, stuck, hidden or untrue, nothing is left
without an owner, the audit chain verifies and no connection is given up that HighLevel would still take. HighLevel's books
are the judge. "Whole again" is the time from the last blow until all work of the try had ended, the work itself included.

| fault | what is done | what must hold | mode | seeds | tries | survived | whole again, worst | at |
| ----- | ------------ | -------------- | ---- | ----- | ----- | -------- | ------------------ | -- |
${rows.map((row) => `| ${row} |`).join('\n')}

## Violations

${found.length === 0 ? 'None.' : found.join('\n')}
`;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/reliability-report.*') ? ' with changes' : ''}`;
}

const times = () =>
  `a lease of ${shortTimes.LEASE_MS} ms, calls of ${shortTimes.CALL_DEADLINE_MS} ms, settling for ${shortTimes.SETTLE_MS} ms`;

const machine = () =>
  `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}`;
