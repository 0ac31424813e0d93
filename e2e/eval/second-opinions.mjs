import { built } from '../bench/built.mjs';
import { scoresOf } from './scores.mjs';

const { OfflineRanker } = await built('backend/src/integrations/ai/offline-ranker.js');
const { weighOpinion } = await built('backend/src/modules/snapshots/weigh-opinion.js');
const { screening } = await built('backend/src/modules/snapshots/what-may-be-shown.js');
const { shownAtMost } = await built('backend/src/modules/snapshots/model-question.js');

/**
 * What the word of a model is worth, without a model: one that knows the label, one that knows it so often and is wrong
 * at random else, and the worst that there can be. False when one that is mostly right makes it worse.
 */
export async function secondOpinions(cases, candidates, isRight) {
  const ranker = new OfflineRanker();
  const known = [];
  for (const row of cases) known.push({ row, offline: await ranker.rankSnapshots(row.intake, candidates) });
  const models = {
    'the ranker alone': undefined,
    'always right': ({ right }) => right,
    'right 9 times of 10': ({ right, wrong, drawn }) => (drawn() < 0.9 ? right : wrong()),
    'right 8 times of 10': ({ right, wrong, drawn }) => (drawn() < 0.8 ? right : wrong()),
    'right 5 times of 10': ({ right, wrong, drawn }) => (drawn() < 0.5 ? right : wrong()),
    'always wrong': ({ wrong }) => wrong(),
    'always for the nearest wrong one': ({ nearest }) => nearest,
  };
  const drawn = drawing(7);
  const figures = Object.fromEntries(
    Object.entries(models).map(([name, model]) => [
      name,
      figuresOf(known.map((each) => told(each, model, isRight, drawn))),
    ]),
  );
  console.log(`With a model that says that it is sure, over ${known.length} intakes:`);
  console.table(figures);
  const vetted = screening(candidates);
  const shown = cases.map(({ intake }) => [intake, vetted(intake)]);
  const whole = shown.filter(
    ([intake, client]) => client && lettersIn(client) === lettersIn({ ...intake, location: '' }),
  );
  console.log(`shown to a model as they are: ${percent(whole.length / shown.length)} %`);
  const of = (name) => figures[name]['acceptable@1 %'];
  return of('right 8 times of 10') >= of('the ranker alone');
}

function told({ row, offline }, model, isRight, drawn) {
  const shown = offline.ranked.slice(0, shownAtMost).map(({ id }) => id);
  const wrong = [...shown, null].filter((id) => !isRight(row, id));
  const said = model?.({
    // What is not shown cannot be named: then it agrees.
    right: row.gold === null || shown.includes(row.gold) ? row.gold : offline.choice,
    wrong: () => wrong[Math.floor(drawn() * wrong.length)],
    nearest: wrong[0],
    drawn,
  });
  const { choice, confidence, ranked } =
    said === undefined ? offline : weighOpinion(offline, { choice: said, confidence: 1 });
  return { row, choice, confidence, right: isRight(row, choice), ranking: ranked.map(({ id }) => id) };
}

function figuresOf(decisions) {
  const { acceptable, top, ece, aurc } = scoresOf(decisions);
  return { 'acceptable@1 %': acceptable, 'top-1 %': top, 'calibration error %': ece, AURC: aurc };
}

const lettersIn = ({ name = '', industry = '', description = '', services = [], goals = '' }) =>
  [name, industry, description, ...services, goals].join('').replace(/\s/g, '').length;
const percent = (share) => Math.round(share * 1_000) / 10;

/** The same numbers every time. */
function drawing(seed) {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
