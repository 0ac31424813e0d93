import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Result } from './driver.js';
import type { Fault } from './fault.js';
import { type Mode, shortTimes } from './world.js';

/** What a run has shown, as it is kept beside the report that is made from it. */
export interface Shown {
  date: string;
  commit: string;
  machine: string;
  seeds: number[];
  times: string;
  faults: {
    id: string;
    title: string;
    holds: string;
    mode: Mode;
    tries: number;
    survived: number;
    worstRecoveryMs: number | null;
  }[];
  /** What was found, if anything; and what could be told of the worlds at their end. */
  violations: string[];
}

const docs = 'docs';
const dataFile = join(docs, 'reliability-report.json');
const reportFile = join(docs, 'reliability-report.md');

export function shownBy(results: readonly Result[], faults: readonly Fault[], seeds: number[]): Shown {
  const rows = faults.flatMap(({ id, title, holds, modes }) =>
    modes.map((mode) => {
      const tries = results.filter((each) => each.fault === id && each.mode === mode);
      const worst = Math.max(...tries.map(({ recoveryMs }) => recoveryMs ?? -1));
      const survived = tries.filter((each) => each.survived).length;
      return { id, title, holds, mode, tries: tries.length, survived, worstRecoveryMs: worst < 0 ? null : worst };
    }),
  );
  const violations = results
    .filter(({ survived }) => !survived)
    .flatMap(({ fault, mode, seed, findings }) =>
      findings.map((each) => `${fault}, ${mode}, seed ${seed}: ${each.split('\n')[0]}`),
    );
  const played = rows.filter(({ tries }) => tries > 0);
  return {
    date: new Date().toISOString().slice(0, 16),
    commit: commit(),
    machine: machine(),
    seeds,
    times: times(),
    faults: played,
    violations,
  };
}

export function writeReport(shown: Shown): void {
  writeFileSync(dataFile, `${JSON.stringify(shown, null, 2)}\n`);
  writeFileSync(reportFile, reportOf(shown));
}

/** The report as it is, and as it would be made from its data. */
export const reportAndData = () => ({
  report: readFileSync(reportFile, 'utf8'),
  made: reportOf(JSON.parse(readFileSync(dataFile, 'utf8')) as Shown),
});

export function reportOf({ date, commit, machine, seeds, times, faults, violations }: Shown): string {
  const tries = faults.reduce((sum, each) => sum + each.tries, 0);
  const survived = faults.reduce((sum, each) => sum + each.survived, 0);
  const rows = faults.map(({ id, title, holds, mode, tries, survived, worstRecoveryMs }) =>
    [
      id,
      title,
      holds,
      mode,
      tries,
      survived,
      worstRecoveryMs === null ? '' : `${(worstRecoveryMs / 1_000).toFixed(1)} s`,
    ].join(' | '),
  );
  return `# Reliability report

Made by \`npm run chaos -- --report\` from [its data](reliability-report.json); not typed. ${tries} tries, ${survived} survived.

- Commit ${commit}, ${date} UTC, on ${machine}
- Seeds ${seeds[0]} to ${seeds.at(-1)}: the same seed draws the same moments and the same answers
- Times are those of the suite: ${times}

A try survives when nothing is lost, made twice, made without being asked for, stuck, hidden or untrue, nothing is left
without an owner, the audit chain verifies and no connection is given up that HighLevel would still take. HighLevel's books
are the judge. "Whole again" is the time from the last blow until all work of the try had ended, the work itself included.

| fault | what is done | what must hold | mode | tries | survived | whole again, worst |
| ----- | ------------ | -------------- | ---- | ----- | -------- | ------------------ |
${rows.map((row) => `| ${row} |`).join('\n')}

## Violations

${violations.length === 0 ? 'None.' : violations.map((each) => `- ${each.replaceAll('|', '\\|')}`).join('\n')}
`;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : ''}`;
}

const times = () =>
  `a lease of ${shortTimes.LEASE_MS} ms, calls of ${shortTimes.CALL_DEADLINE_MS} ms, settling for ${shortTimes.SETTLE_MS} ms`;

const machine = () =>
  `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}`;
