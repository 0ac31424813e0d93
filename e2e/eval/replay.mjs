import { built } from '../bench/built.mjs';
import { scoresOf } from './scores.mjs';

const { LearnedPreference } = await built('backend/src/modules/snapshots/learned-preference.js');
const { gistOf } = await built('backend/src/integrations/ai/gist.js');
const { OfflineRanker } = await built('backend/src/integrations/ai/offline-ranker.js');

/** Orders of the same intakes: one order alone could be luck. The same ones every time. */
const seeds = [1, 2, 3, 4, 5];
/** As many of each kind as the product reads. */
const learnedFromEach = 500;

/**
 * The intakes come one after the other to an agency that chooses as the labels do, and to one with habits. Each is
 * decided with what was taught by those before it, and without; nothing is learned from an intake before it was decided.
 * False when learning makes the last third worse.
 */
export async function replay(cases, candidates, isRight) {
  const ranker = new OfflineRanker();
  const known = [];
  for (const row of cases) {
    const offline = await ranker.rankSnapshots(row.intake, candidates);
    known.push({ row, offline, gist: gistOf(row.intake) });
  }
  const habit = habitOf(candidates.map(({ id }) => id));
  const own = known.map((each) => ({ ...each, row: { ...each.row, gold: habit(each.row.gold) } }));
  const agencies = [
    ['an agency that chooses as the labels do', known, isRight],
    ['an agency that uses another snapshot in place of each third one', own, (row, choice) => choice === row.gold],
  ];
  return agencies.map(([title, intakes, right]) => tell(title, intakes, right)).every(Boolean);
}

/** Nobody could guess these habits from the intakes: what is right afterwards was learned. */
const habitOf = (ids) => {
  const instead = new Map(ids.flatMap((id, at) => (at % 3 === 0 ? [[id, ids[(at * 7 + 5) % ids.length]]] : [])));
  return (gold) => instead.get(gold) ?? gold;
};

function tell(title, known, isRight) {
  const all = seeds.flatMap((seed) => decisionsIn(shuffled(known, seed), isRight));
  const figures = Object.fromEntries(
    ['first third', 'middle third', 'last third'].flatMap((name, third) =>
      ['offline', 'learned'].map((by) => {
        const { acceptable, top, ece, aurc } = scoresOf(
          all.filter((each) => each.third === third).map((each) => ({ row: each.row, ...each[by] })),
        );
        const shown = { 'acceptable@1 %': acceptable, 'top-1 %': top, 'calibration error %': ece, AURC: aurc };
        return [`${name}, ${by}`, shown];
      }),
    ),
  );
  console.log(`${title}, over ${seeds.length} orders of ${known.length} intakes:`);
  console.table(figures);
  const of = (by) => figures[`last third, ${by}`]['acceptable@1 %'];
  return of('learned') >= of('offline');
}

function decisionsIn(order, isRight) {
  const taught = [];
  return order.map(({ row, offline, gist }, at) => {
    const newest = (kind) => taught.filter((each) => each.kind === kind).slice(0, learnedFromEach);
    const read = new Set([...newest('overridden'), ...newest('accepted')]);
    const { ranking } = new LearnedPreference(taught.filter((each) => read.has(each))).apply(offline);
    const kind = ranking.choice === row.gold ? 'accepted' : 'overridden';
    taught.unshift({ gist, chosen: row.gold, kind });
    const decided = ({ choice, confidence, ranked }) => ({
      ...{ choice, confidence, right: isRight(row, choice), ranking: ranked.map(({ id }) => id) },
    });
    const third = Math.floor((3 * at) / order.length);
    return { row, third, offline: decided(offline), learned: decided(ranking) };
  });
}

/** Fisher and Yates, with a small generator that gives the same order for the same seed. */
function shuffled(list, seed) {
  const mixed = [...list];
  let state = seed;
  for (let last = mixed.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * (last + 1));
    [mixed[last], mixed[at]] = [mixed[at], mixed[last]];
  }
  return mixed;
}
