import { createHash } from 'node:crypto';

export const folds = [0, 1, 2, 3, 4];

/** Always the same fold for the same intake; one intake that is judged on two libraries is never split between two. */
export const foldOf = (id) =>
  createHash('sha256').update(id.replace(/[ab]$/, '')).digest().readUInt32BE(0) % folds.length;

const rounds = 4_000;
const rate = 0.5;
/** Keeps the weights small, so that a few hundred intakes do not decide too much. */
const restraint = 0.002;

/** Logistic regression by plain descent: few features, few rows, the same answer every time. */
export function fitCalibration(names, rows) {
  const weights = Object.fromEntries(['base', ...names].map((name) => [name, 0]));
  for (let round = 0; round < rounds; round++) {
    const slope = Object.fromEntries(Object.keys(weights).map((name) => [name, 0]));
    for (const { values, right } of rows) {
      const sum = names.reduce((total, name) => total + weights[name] * values[name], weights.base);
      const error = 1 / (1 + Math.exp(-sum)) - Number(right);
      slope.base += error;
      for (const name of names) slope[name] += error * values[name];
    }
    for (const name of Object.keys(weights)) {
      const held = name === 'base' ? 0 : restraint * weights[name];
      weights[name] -= rate * (slope[name] / rows.length + held);
    }
  }
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Number(weight.toFixed(2))]));
}
