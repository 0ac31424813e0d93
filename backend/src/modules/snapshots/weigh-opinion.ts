import type { AiRanking } from '../../integrations/ai/index.js';

/** What a model said: one of the snapshots that it was shown, or that none of them fits. */
export interface Opinion {
  choice: string | null;
  /** Its own word for how sure it is. Models say so of anything; it moves the weight within its bounds. */
  confidence: number;
}

/** How many times likelier a decision becomes by being the model's, at least and at most. */
const weightBounds = { least: 2, most: 4 };
/** How often nothing fits where the ranker chose something and was wrong. */
const nothingElse = 0.3;

/** How likely each decision is by the ranker alone; the key null is to choose none. */
function likelihoods({ choice, confidence, ranked }: AiRanking): Map<string | null, number> {
  const left = choice === null ? 1 : 1 - nothingElse;
  const all = new Map<string | null, number>([[null, choice === null ? confidence : nothingElse * (1 - confidence)]]);
  for (const each of ranked) all.set(each.id, each.id === choice ? confidence : left * each.confidence);
  return all;
}

/**
 * Bayes' rule with a bounded witness: the odds of what the model chose are multiplied by 2 to 4, and the likeliest
 * decision is taken; the ranker's own when two are alike. So agreement makes surer and disagreement less sure, and a
 * model, whatever it answers and whoever made it, moves the choice only to what the ranker itself holds for at least a
 * quarter as likely.
 */
export function weighOpinion(offline: AiRanking, opinion: Opinion): AiRanking {
  const weight = weightBounds.least + (weightBounds.most - weightBounds.least) * opinion.confidence;
  const before = likelihoods(offline);
  const weighed = (id: string | null) => (before.get(id) ?? 0) * (id === opinion.choice ? weight : 1);
  const sumOf = (likelihood: (id: string | null) => number) =>
    [...before.keys()].reduce((sum, id) => sum + likelihood(id), 0);
  // What the ranker gives to none of them stays: it may be something that is not in the list.
  const elsewhere = Math.max(0, 1 - sumOf((id) => before.get(id)!));
  const total = sumOf(weighed) + elsewhere || 1;
  const choice = weighed(opinion.choice) > weighed(offline.choice) ? opinion.choice : offline.choice;
  const seconded = choice === opinion.choice;
  const ranked = offline.ranked.map((each) => {
    const confidence = rounded(weighed(each.id) / total);
    if (each.id !== choice) return { ...each, confidence, behind: behind(each.behind, choice, offline.choice) };
    return { ...each, confidence, behind: null, reasons: seconded ? [...each.reasons, secondedBy] : each.reasons };
  });
  const first = ranked.filter(({ id }) => id === choice);
  return {
    ...offline,
    choice,
    confidence: rounded(weighed(choice) / total),
    ranked: [...first, ...ranked.filter(({ id }) => id !== choice)],
  };
}

const secondedBy = 'A language model that was shown the best of the list chose this one.';

function behind(before: string | null, choice: string | null, offlineChoice: string | null): string | null {
  if (choice === null) return null;
  return choice === offlineChoice ? before : 'It was close, and a language model preferred the chosen one.';
}

const rounded = (value: number): number => Number(value.toFixed(3));
