import { STEPS } from './bench-sagas.mjs';
import { carry } from './engine-rounds.mjs';
import { quiet, rounded } from './measuring.mjs';

export const name = 'steps of 50 ms: 64 in flight; 1 → 8 worker processes';
export const must = '≥ 0.90 of ideal; ≥ 0.88 of linear';
export const goal = '≥ 0.95 of both';
export const method =
  'Ideal is what the places could carry if nothing but the steps took time. One process with 64 places, then 1 and 8 processes with 8 places each.';

const STEP_S = 0.05;
const ROUNDS_OF_PLACES = 16;

export async function run(stage) {
  const wide = await ofIdeal(stage, 1, 64);
  const one = await ofIdeal(stage, 1, 8);
  const eight = await ofIdeal(stage, 8, 8);
  const linear = eight.runsPerSecond / (8 * one.runsPerSecond);
  return {
    must: wide.ofIdeal >= 0.9 && linear >= 0.88,
    goal: wide.ofIdeal >= 0.95 && linear >= 0.95,
    says: `${wide.ofIdeal.toFixed(2)} of ideal; ${linear.toFixed(2)} of linear`,
    figures: { wide, one, eight, linear: rounded(linear, 3) },
  };
}

async function ofIdeal(stage, workers, places) {
  const elsewhere = await quiet();
  const runs = workers * places * ROUNDS_OF_PLACES;
  const { runsPerSecond, us } = await carry(stage, { saga: 'waiting', runs, workers, concurrency: places });
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
