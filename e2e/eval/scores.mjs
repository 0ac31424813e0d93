/** The figures that the labelled intakes are scored by; score.mjs beside them says what each means. */
export function scoresOf(decisions) {
  const answered = decisions.filter(({ choice }) => choice !== null);
  const abstained = decisions.filter(({ choice }) => choice === null);
  const wanted = decisions.filter(({ row }) => row.gold !== null);
  const unwanted = decisions.filter(({ row }) => row.gold === null);
  const rights = (list) => list.filter(({ right }) => right).length;
  return {
    n: decisions.length,
    acceptable: percent(rights(decisions), decisions.length),
    top: percent(decisions.filter(({ row, choice }) => choice === row.gold).length, decisions.length),
    mrr: percent(
      wanted.reduce((sum, { row, ranking }) => sum + reciprocal(ranking.indexOf(row.gold)), 0),
      wanted.length,
    ),
    abstainPrecision: percent(rights(abstained), abstained.length),
    abstainRecall: percent(unwanted.filter(({ choice }) => choice === null).length, unwanted.length),
    wrongAnswered: percent(answered.length - rights(answered), answered.length),
    coverage: percent(answered.length, decisions.length),
    sure: precisionOf(answered, Math.ceil(sureShare * decisions.length)),
    ece: eceOf(decisions),
    aurc: aurcOf(decisions),
  };
}

const percent = (part, whole) => (whole ? Math.round((1000 * part) / whole) / 10 : null);
const reciprocal = (place) => (place < 0 ? 0 : 1 / (place + 1));

/** A person decides about the other intakes. */
const sureShare = 0.7;

/** Of so many answers, the surest first. Fewer answers than that are all of them. */
function precisionOf(answered, count) {
  const surest = [...answered].sort((a, b) => b.confidence - a.confidence).slice(0, count);
  return percent(surest.filter(({ right }) => right).length, surest.length);
}

function eceOf(decisions) {
  const bins = Object.values(Object.groupBy(decisions, ({ confidence }) => Math.min(9, Math.floor(confidence * 10))));
  const gap = (bin) =>
    Math.abs(bin.reduce((sum, { confidence, right }) => sum + confidence - Number(right), 0) / decisions.length);
  return Math.round(1000 * bins.reduce((sum, bin) => sum + gap(bin), 0)) / 10;
}

/** The area under the risk, as the surest are answered first. */
function aurcOf(decisions) {
  let wrong = 0;
  const risks = [...decisions]
    .sort((a, b) => b.confidence - a.confidence)
    .map(({ right }, index) => (wrong += Number(!right)) / (index + 1));
  return Math.round((1000 * risks.reduce((sum, risk) => sum + risk, 0)) / decisions.length) / 1000;
}
