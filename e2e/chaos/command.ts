import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Result, runMode, stopAllWorlds } from './driver.js';
import { faults } from './faults/index.js';
import { shownBy, writeReport } from './report.js';
import type { Mode } from './world.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** `npm run chaos -- --seeds 20 --worlds 2 --only F02,F17 --mode cluster --seed 7 --quick`; returns the exit code. */
export async function chaos(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { seeds: text, seed: text, worlds: text, only: text, mode: text, quick: flag, report: flag },
  });
  const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  const seeds = Array.from({ length: Number(values.seeds ?? 1) }, (_, index) => first + index);
  const isQuick = values.quick ?? false;
  /** Each world of a mode takes its part of the seeds, all worlds at the same time. */
  const worlds = Math.min(Number(values.worlds ?? 1), seeds.length);
  const parts = Array.from({ length: worlds }, (_, part) => seeds.filter((_, index) => index % worlds === part));
  const only = values.only?.toUpperCase().split(',');
  const chosen = faults.filter(({ id, isLong }) => only?.includes(id) ?? !isLong);
  const modes = (values.mode ? [values.mode] : ['embedded', 'cluster']) as Mode[];
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stopAllWorlds().finally(() => process.exit(130)));
  const results: Result[] = [];
  const report = (result: Result) => {
    results.push(result);
    process.stdout.write(lineOf(result));
    const row = results.filter(({ fault, mode }) => fault === result.fault && mode === result.mode);
    // A run that is ended early keeps what it has shown.
    if (values.report && row.length === seeds.length) writeReport(shownBy(row, chosen, seeds));
  };
  process.stdout.write(
    `chaos: ${chosen.length} faults, seeds ${seeds[0]} to ${seeds.at(-1)!}, ${modes.join(' and ')}\n`,
  );
  await Promise.all(
    modes.flatMap((mode) => parts.map((seeds) => runMode(mode, chosen, { seeds, isQuick }, report))),
  ).finally(stopAllWorlds);
  const shown = shownBy(results, chosen, seeds);
  const file = join(mkdtempSync(join(tmpdir(), 'switchyard-chaos-results-')), 'results.json');
  writeFileSync(file, JSON.stringify({ ...shown, results }, null, 1));
  if (values.report) writeReport(shown);
  const bad = results.filter(({ survived }) => !survived);
  process.stdout.write(`chaos: ${results.length - bad.length} of ${results.length} survived; results in ${file}\n`);
  return bad.length > 0 ? 1 : 0;
}

function lineOf({ fault, mode, seed, survived, recoveryMs, seconds, findings, kept }: Result): string {
  const recovery = recoveryMs === undefined ? '' : `, whole again after ${(recoveryMs / 1_000).toFixed(1)} s`;
  const head = `${survived ? 'survived' : 'VIOLATED'}  ${fault}  ${mode}  seed ${seed}  ${seconds} s${recovery}\n`;
  return survived ? head : `${head}${findings.map((each) => `    ${each}\n`).join('')}    kept in ${kept}\n`;
}
