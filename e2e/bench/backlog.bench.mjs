import { carry } from './engine-rounds.mjs';
import { median, quiet, rounded } from './measuring.mjs';

export const name = '100,000 runs waiting';
export const must = '≥ 0.9 × the rate with 1,000 waiting; ≤ 1 kB of Redis per run';
export const goal = 'flat';
export const method =
  'The first 2,000 runs are carried while 1,000, then 100,000 more go on waiting, in turns; each of them has its nudge in Redis.';

const MEASURED = 2_000;

export async function run(stage, { rounds }) {
  const results = [];
  for (let round = 0; round < Math.min(rounds, 3); round++)
    results.push({ few: await withWaiting(stage, 1_000), many: await withWaiting(stage, 100_000) });
  const ratio = median(results.map(({ few, many }) => many.runsPerSecond / few.runsPerSecond));
  const cpuRatio = median(results.map(({ few, many }) => many.us / few.us));
  const bytes = median(results.map(({ many }) => many.redisBytesPerRun));
  return {
    must: ratio >= 0.9 && bytes <= 1_024,
    goal: ratio >= 0.98,
    says: `${ratio.toFixed(2)} × the rate, ${cpuRatio.toFixed(2)} × the CPU per run; ${bytes} B of Redis per run`,
    figures: { ratio: rounded(ratio, 2), cpuRatio: rounded(cpuRatio, 2), bytes, rounds: results },
  };
}

async function withWaiting(stage, waiting) {
  const elsewhere = await quiet();
  const measured = await carry(stage, {
    saga: 'nothing',
    runs: MEASURED,
    concurrency: 16,
    waiting: MEASURED + waiting,
  });
  return {
    runsPerSecond: rounded(measured.runsPerSecond),
    us: measured.us.sum,
    redisBytesPerRun: rounded(measured.redisBytesPerRun),
    elsewhere,
  };
}
