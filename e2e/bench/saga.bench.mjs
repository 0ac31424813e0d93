import { carry } from './engine-rounds.mjs';
import { median, quiet, rounded } from './measuring.mjs';

export const name = 'no-op saga, 6 steps, 16 in flight, Bull + Postgres';
export const must = '≥ 0.5 × the floor saga.js, ≤ 2 ms CPU per run';
export const goal = '≥ 1 × the floor';
export const method =
  'One process carries runs that wait already, in turn with the floor on the same Postgres and Redis; the ratio of each round, then the median. CPU is of Node, Postgres and Redis.';

const RUNS = 1_500;
const IN_FLIGHT = 16;

export async function run(stage, { rounds }) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const elsewhere = await quiet();
    const floor = stage.floor && (await floorRound(stage));
    const ours = await carry(stage, { saga: 'nothing', runs: RUNS, concurrency: IN_FLIGHT });
    results.push({ runsPerSecond: rounded(ours.runsPerSecond), us: ours.us, floor, elsewhere });
  }
  const us = median(results.map((each) => each.us.sum));
  const ratio = stage.floor && median(results.map(({ runsPerSecond, floor }) => runsPerSecond / floor.runsPerSecond));
  const floorUs = stage.floor && median(results.map(({ floor }) => floor.us));
  return {
    must: us <= 2_000 && (ratio === undefined || ratio >= 0.5),
    goal: ratio !== undefined && ratio >= 1,
    says: `${ratio ? `${ratio.toFixed(2)} × the floor` : 'no floor here'}, ${us} µs CPU per run${floorUs ? ` (the floor's: ${floorUs} µs)` : ''}`,
    figures: { ratio: ratio && rounded(ratio, 2), us, floorUs, rounds: results },
  };
}

async function floorRound(stage) {
  const [{ jobs_ps, us_per_job }] = await stage.runFloor('saga.js', [`--n=${RUNS}`, `--conc=${IN_FLIGHT}`]);
  return { runsPerSecond: jobs_ps, us: us_per_job };
}
