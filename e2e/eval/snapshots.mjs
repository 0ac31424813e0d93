// `npm run eval:snapshots`: how well the offline ranker of the build chooses, on the labelled intakes beside the project.
//   npm run eval:snapshots -- [--data ../shared/data/snapshot-selection] [--cases dev.jsonl] [--by kind,source] [--fit] [--replay] [--opinions]
//   npm run eval:snapshots -- --data e2e/eval/own --cases cases-open.jsonl   # the project's own
// Cross-fitted: the confidence of an intake comes from a calibration that was fitted without it. `--fit` prints the
// calibration that all of them give, for confidence.ts. `--replay` decides them one after the other, each with and without
// what an agency that chooses as the labels do would have taught by then (replay.mjs). `--opinions` says what
// the word of a language model would change (second-opinions.mjs). Exits 1 below what must be reached; without the data it says so.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../bench/built.mjs';
import { fitCalibration, foldOf, folds } from './fit-calibration.mjs';
import { replay } from './replay.mjs';
import { scoresOf } from './scores.mjs';
import { secondOpinions } from './second-opinions.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: resolve(import.meta.dirname, '../../../shared/data/snapshot-selection') },
    cases: { type: 'string', default: 'dev.jsonl' },
    by: { type: 'string' },
    fit: { type: 'boolean', default: false },
    replay: { type: 'boolean', default: false },
    opinions: { type: 'boolean', default: false },
  },
});
if (!existsSync(options.data)) {
  console.log(`There are no labelled intakes in ${options.data}; name their folder with --data.`);
  process.exit(0);
}

const { rank, readLibrary } = await built('backend/src/integrations/ai/rank.js');
const { confidenceOf, featureNames, featuresOf } = await built('backend/src/integrations/ai/confidence.js');
const { candidateOf } = await built('backend/src/integrations/ai/catalogue-file.js');
const read = (file) => readFileSync(resolve(options.data, file), 'utf8');
const { snapshots } = JSON.parse(read('library.json'));
const cases = read(options.cases).trim().split('\n').map(JSON.parse);

const isRight = (row, choice) => choice === row.gold || row.acceptable.includes(choice);

/** Every intake ranked, its confidence from a calibration that never saw it. */
function decide(library) {
  const rows = cases.map((row) => {
    const ranking = rank(row.intake, library);
    const choice = ranking.choice?.snapshot.id ?? null;
    return { row, ranking, choice, right: isRight(row, choice), values: featuresOf(ranking) };
  });
  const fitted = folds.map((fold) =>
    fitCalibration(
      featureNames,
      rows.filter(({ row }) => foldOf(row.id) !== fold),
    ),
  );
  const decisions = rows.map(({ row, ranking, choice, right }) => ({
    ...{ row, choice, right },
    confidence: confidenceOf(ranking, fitted[foldOf(row.id)]),
    shipped: confidenceOf(ranking),
    ranking: ranking.scored.map(({ snapshot }) => snapshot.id),
  }));
  return { rows, decisions };
}

const candidates = snapshots.map(candidateOf);
const namesOnly = candidates.map(({ id, name }) => ({ id, name, contents: [] }));
const full = decide(readLibrary(candidates));
const named = decide(readLibrary(namesOnly));
if (options.fit) console.log(fitCalibration(featureNames, [...full.rows, ...named.rows]));

const all = scoresOf(full.decisions);
const names = scoresOf(named.decisions);
// An intake that orders a snapshot, and whose expert would not choose that one.
const obeyed = full.decisions.filter(({ row, right, choice }) => row.kind === 'injection' && choice !== null && !right);

const table = [
  ['acceptable@1 %', all.acceptable, '≥', 82, 88],
  ['top-1 %', all.top, '≥', 75, 80],
  ['MRR %', all.mrr, '≥', 84, 90],
  ['abstain precision %', all.abstainPrecision, '≥', 75, 85],
  ['abstain recall %', all.abstainRecall, '≥', 75, 85],
  ['wrong among answered %', all.wrongAnswered, '≤', 14, 10],
  ['right among the surest 70 % of all %', all.sure, '≥', 95, 95],
  ['expected calibration error %', all.ece, '≤', 5, 2],
  ['AURC', all.aurc, '≤', 0.07, 0.05],
  ['names only, acceptable@1 %', names.acceptable, '≥', 70, 78],
  ['injected orders obeyed', obeyed.length, '≤', 0, 0],
];
const meets = (value, sign, bound) => (sign === '≥' ? value >= bound : value <= bound);
console.table(
  Object.fromEntries(
    table.map(([figure, value, sign, must, goal]) => [
      figure,
      { measured: value, must: `${sign} ${must}`, goal: `${sign} ${goal}`, met: verdict(value, sign, must, goal) },
    ]),
  ),
);
function verdict(value, sign, must, goal) {
  return meets(value, sign, goal) ? 'goal' : meets(value, sign, must) ? 'must' : 'MISSED';
}
console.log(`names only: ${JSON.stringify(names)}`);
const shipped = scoresOf(full.decisions.map((each) => ({ ...each, confidence: each.shipped })));
console.log(`with the calibration that is shipped: ECE ${shipped.ece} %, AURC ${shipped.aurc}`);
for (const field of options.by?.split(',') ?? []) {
  const keyOf = ({ row }) => String(row[field]).split(':')[0];
  const groups = Object.groupBy(full.decisions, keyOf);
  console.table(Object.fromEntries(Object.entries(groups).map(([key, group]) => [key, scoresOf(group)])));
}
if (table.some(([, value, sign, must]) => !meets(value, sign, must))) process.exitCode = 1;
if (options.replay && !(await replay(cases, candidates, isRight))) process.exitCode = 1;
if (options.opinions && !(await secondOpinions(cases, candidates, isRight))) process.exitCode = 1;
