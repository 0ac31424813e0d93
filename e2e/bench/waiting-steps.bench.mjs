import { STEPS } from './bench-sagas.mjs';
import { carry } from './engine-rounds.mjs';
import { quiet, rounded } from './measuring.mjs';

export const name = 'steps of 50 ms: 64 in flight; 1 → 8 worker processes';
export const must = '≥ 0.90 of ideal; ≥ 0.88 of linear';
export const goal = '≥ 0.95 of both';
export const method =
  'Ideal is what the places could carry if nothing but the steps took time. One process with 64 places, the middle one of three rounds; then 1 and 8 processes with 8 places each, measured after four runs in each place.';

const STEP_S = 0.05;
const ROUNDS_OF_PLACES = 40;
const WIDE_ROUNDS = 3;
/** In which a young process compiles what it runs. */
const ROUNDS_BEFORE = 4;

export async function run(stage) {
  const wides = [];
  for (let round = 0; round < WIDE_ROUNDS; round++) wides.push(await ofIdeal(stage, 1, 64));
  const wide = wides.sort((a, b) => a.ofIdeal - b.ofIdeal)[Math.floor(WIDE_ROUNDS / 2)];
  const one = await ofIdeal(stage, 1, 8);
  const eight = await ofIdeal(stage, 8, 8);
  const linear = eight.runsPerSecond / (8 * one.runsPerSecond);
  return {
    must: wide.ofIdeal >= 0.9 && linear >= 0.88,
    goal: wide.ofIdeal >= 0.95 && linear >= 0.95,
    says: `${wide.ofIdeal.toFixed(2)} of ideal; ${linear.toFixed(2)} of linear`,
    figures: { wide, wides, one, eight, linear: rounded(linear, 3) },
  };
}

async function ofIdeal(stage, workers, places) {
  const elsewhere = await quiet();
  const runs = workers * places * ROUNDS_OF_PLACES;
  const warmUp = workers * places * ROUNDS_BEFORE;
  const { runsPerSecond, us } = await carry(stage, { saga: 'waiting', runs, warmUp, workers, concurrency: places });
  const ideal = (workers * places) / (STEPS * STEP_S);
  return {
    workers,
    places,
    runsPerSecond: rounded(runsPerSecond, 1),
    ofIdeal: rounded(runsPerSecond / ideal, 3),
    us,
    elsewhere,
  };
}
