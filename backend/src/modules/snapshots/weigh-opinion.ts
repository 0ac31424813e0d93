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
/** Below this part of the chosen one's score, a score says nothing for what it is given to. */
const farOff = 0.5;

/** One way to decide: what it scores, and how likely it is by the ranker alone. */
interface Decision {
  /** None has no score. */
  score: number | null;
  confidence: number;
}

/** By its snapshot; null is the decision for none. */
function decisionFor(id: string | null, { choice, confidence, ranked }: AiRanking): Decision | undefined {
  if (id !== null) return ranked.find((each) => each.id === id);
  return { score: null, confidence: choice === null ? confidence : nothingElse * (1 - confidence) };
}

/**
 * 1 when both score alike, 0 when the one is far off. What was chosen although the other one scores more was chosen for
 * another reason: the agency taught it.
 */
function closeness({ score: one }: Decision, { score: other }: Decision): number {
  if (one === null || other === null || other <= 0 || one > other) return 0;
  return Math.max(0, (one / other - farOff) / (1 - farOff));
}

/**
 * A witness of bounded weight. The odds between what the model chose and what the ranker chose are how close they are
 * by the ranker, times 2 to 4; the likelier one is taken, the ranker's own when both are alike, and they share the
 * confidence that they had together. So agreement makes surer and disagreement less sure, and a model, whatever it
 * answers and whoever made it, moves the choice only to what the ranker itself holds close.
 */
export function weighOpinion(offline: AiRanking, opinion: Opinion): AiRanking {
  const weight = weightBounds.least + (weightBounds.most - weightBounds.least) * opinion.confidence;
  const own = decisionFor(offline.choice, offline)!;
  const named = decisionFor(opinion.choice, offline);
  if (!named) return offline;
  if (opinion.choice === offline.choice) {
    const surer = (weight * own.confidence) / (weight * own.confidence + 1 - own.confidence);
    const left = own.confidence < 1 ? (1 - surer) / (1 - own.confidence) : 0;
    return decided(
      offline,
      offline.choice,
      (id, before) => (id === offline.choice ? surer : left * before),
      'seconded',
    );
  }
  const odds = weight * Math.max(closeness(named, own), named.confidence / Math.max(own.confidence, 0.001));
  const both = own.confidence + named.confidence;
  const choice = odds > 1 ? opinion.choice : offline.choice;
  const shareOf = (id: string | null, before: number): number => {
    if (id === opinion.choice) return (both * odds) / (1 + odds);
    return id === offline.choice ? both / (1 + odds) : before;
  };
  return decided(offline, choice, shareOf, choice === opinion.choice ? 'seconded' : 'alone');
}

function decided(
  offline: AiRanking,
  choice: string | null,
  confidenceOf: (id: string | null, before: number) => number,
  by: 'seconded' | 'alone',
): AiRanking {
  const ranked = offline.ranked.map((each) => {
    const confidence = rounded(confidenceOf(each.id, each.confidence));
    if (each.id !== choice) return { ...each, confidence, behind: behind(each.behind, choice, offline.choice) };
    return {
      ...each,
      confidence,
      behind: null,
      reasons: by === 'seconded' ? [...each.reasons, secondedBy] : each.reasons,
    };
  });
  const first = ranked.filter(({ id }) => id === choice);
  return {
    ...offline,
    choice,
    confidence: rounded(confidenceOf(choice, decisionFor(choice, offline)!.confidence)),
    ranked: [...first, ...ranked.filter(({ id }) => id !== choice)],
  };
}

const secondedBy = 'A language model that was shown the best of the list chose this one.';

function behind(before: string | null, choice: string | null, offlineChoice: string | null): string | null {
  if (choice === null) return null;
  return choice === offlineChoice ? before : 'It was close, and a language model preferred the chosen one.';
}

const rounded = (value: number): number => Number(value.toFixed(3));
