import type { AiGist, AiRanked, AiRanking } from '../../integrations/ai/index.js';

/** What the agency chose for one business; null is none. */
export interface Taught {
  gist: AiGist;
  chosen: string | null;
  kind: 'accepted' | 'overridden';
}

export interface LearnedRanking {
  ranking: AiRanking;
  /** How far each score was moved; those that are not in it were not. */
  moved: ReadonlyMap<string, number>;
}

/** Only the choices for the businesses that are most like this one count: however many there are, they stay bounded. */
const nearest = 10;
/** Businesses that are less alike than this tell nothing about each other. */
const leastAlike = 0.6;
/** Who takes what is offered may not have looked; who takes another one has. */
const worth = { accepted: 0.5, overridden: 1 } as const;
/** So many choices for the very same business weigh as much as the ranker's own opinion. */
const rankersWord = 2;

interface Vote {
  weight: number;
  choices: number;
}
interface Votes {
  of: ReadonlyMap<string | null, Vote>;
  total: number;
}

/**
 * What an agency's own choices say about the next one: the nearest of them vote, and the ranker's opinion is worth two
 * votes. What is then the likeliest is chosen, the ranker's own when two are alike. Scores and confidences are blended by
 * the same formula, so what added up to 1 still does. See docs/adr/0015-what-an-agency-teaches.md.
 */
export class LearnedPreference {
  /** By what a gist is made of: who has it, and how much. */
  private readonly having = new Map<string, { at: number; weight: number }[]>();

  /** The newest first: among equals the newer ones count. */
  constructor(private readonly taught: readonly Taught[]) {
    for (const [at, { gist }] of taught.entries())
      for (const [key, weight] of gist) {
        const list = this.having.get(key);
        if (list) list.push({ at, weight });
        else this.having.set(key, [{ at, weight }]);
      }
  }

  apply(ranking: AiRanking): LearnedRanking {
    const votes = this.votesOn(ranking);
    if (votes.total === 0) return { ranking, moved: new Map() };
    const blend = blending(votes);
    const all = ranking.ranked.map((each) => blended(each, votes)).sort((a, b) => b.score - a.score);
    const likely = new Map<string | null, number>(all.map(({ id, confidence }) => [id, confidence]));
    likely.set(null, blend(ranking.choice === null ? ranking.confidence : 0, null));
    const choice = [...votes.of.keys()].reduce(
      (best, id) => (likely.get(id)! > likely.get(best)! ? id : best),
      ranking.choice,
    );
    const ranked = [...all.filter(({ id }) => id === choice), ...all.filter(({ id }) => id !== choice)];
    const before = new Map(ranking.ranked.map(({ id, score }) => [id, score]));
    return {
      ranking: {
        ...{ ...ranking, choice, confidence: likely.get(choice)! },
        ranked: choice === ranking.choice ? ranked : ranked.map(behind(choice)),
      },
      moved: new Map(ranked.map(({ id, score }) => [id, rounded(score - before.get(id)!)])),
    };
  }

  /** The choices for the most similar businesses. One that is no longer in the library is no vote. */
  private votesOn({ gist, ranked }: AiRanking): Votes {
    const known = new Set<string | null>([null, ...ranked.map(({ id }) => id)]);
    const of = new Map<string | null, Vote>();
    let total = 0;
    const alike = this.alike(gist).filter(({ at }) => known.has(this.taught[at].chosen));
    for (const { at, likeness } of alike.slice(0, nearest)) {
      const { chosen, kind } = this.taught[at];
      const weight = (worth[kind] * (likeness - leastAlike)) / (1 - leastAlike);
      const vote = of.get(chosen) ?? { weight: 0, choices: 0 };
      of.set(chosen, { weight: vote.weight + weight, choices: vote.choices + 1 });
      total += weight;
    }
    return { of, total };
  }

  private alike(gist: AiGist): { at: number; likeness: number }[] {
    const products = new Map<number, number>();
    for (const [key, weight] of gist)
      for (const other of this.having.get(key) ?? [])
        products.set(other.at, (products.get(other.at) ?? 0) + weight * other.weight);
    return [...products]
      .map(([at, likeness]) => ({ at, likeness }))
      .filter(({ likeness }) => likeness > leastAlike)
      .sort((a, b) => b.likeness - a.likeness || a.at - b.at);
  }
}

function blended(each: AiRanked, votes: Votes): AiRanked {
  const [vote, blend] = [votes.of.get(each.id), blending(votes)];
  return {
    ...each,
    score: blend(each.score, each.id),
    confidence: blend(each.confidence, each.id),
    reasons: vote ? [...each.reasons, chosenBefore(vote.choices)] : each.reasons,
  };
}

/** The ranker's opinion and the share of the votes, each with its weight. */
const blending =
  ({ of, total }: Votes) =>
  (own: number, id: string | null): number =>
    rounded((rankersWord * own + (of.get(id)?.weight ?? 0)) / (rankersWord + total));

const chosenBefore = (choices: number): string =>
  `The agency chose it for ${choices === 1 ? 'a business' : `${choices} businesses`} like this one.`;

/** What the ranker said about its own choice says nothing about another one. */
const behind =
  (choice: string | null) =>
  (each: AiRanked): AiRanked => ({
    ...each,
    behind: choice === null || each.id === choice ? null : 'For businesses like this one the agency chose another one.',
  });

const rounded = (value: number): number => Number(value.toFixed(3));
