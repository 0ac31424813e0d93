import type { Recommendation } from '../api/models';
import { percent } from '../ui/number-words';

export type Candidate = Recommendation['ranking'][number];
type Fact = Candidate['facts'][number];

const SURENESS: [number, string][] = [
  [0.9, 'almost certain'],
  [0.75, 'very likely'],
  [0.5, 'likely'],
  [0.25, 'possible'],
  [0, 'unlikely'],
];

/** A probability in per cent and in a word: few people know what 62 % asks of them. */
export function sureness(confidence: number): string {
  const [, word] = SURENESS.find(([from]) => confidence >= from) ?? SURENESS[SURENESS.length - 1];
  return `${percent(confidence)}, ${word}`;
}

export const SAID_IN: Record<Fact['in'], string> = {
  name: 'in the name',
  industry: 'as the industry',
  description: 'in what the business does',
  services: 'among the services',
  goals: 'among the goals',
};

export const PART_OF: Record<Fact['of'], string> = {
  name: 'its name',
  vertical: 'its vertical',
  description: 'its description',
  contents: 'its contents',
};

export const ALIKE: Record<Fact['how'], string> = {
  same: 'the same line of business',
  near: 'close to it',
  word: 'the same word',
};

/** What earlier choices of the agency did to this candidate; nothing when they did nothing. */
export function learnedWords(learned: number): { icon: string; label: string } | null {
  if (learned === 0) return null;
  return learned > 0
    ? { icon: 'trending_up', label: 'Raised by your earlier choices' }
    : { icon: 'trending_down', label: 'Lowered by your earlier choices' };
}

const SIDE_BY_SIDE = 3;

/** The candidates that a person would look at first. One that has nothing in common with the intake is none. */
export const closestOf = ({ ranking }: Recommendation): Candidate[] =>
  ranking.filter(({ score }) => score > 0).slice(0, SIDE_BY_SIDE);

/** Why nothing was chosen, as a heading and a sentence. */
export function heldWords(advice: Recommendation): { heading: string; text: string } | null {
  const [best] = advice.ranking;
  if (advice.held === 'unsure' && best) {
    return {
      heading: 'Not sure enough to choose for you',
      text: `“${best.name}” comes closest (${sureness(advice.confidence)}), but your agency asks for ${percent(advice.threshold)}.`,
    };
  }
  if (advice.held === null && advice.choice !== null) return null;
  const nearest = closestOf(advice).length ? 'These come closest.' : 'None comes near.';
  return {
    heading: 'Nothing in the library looks made for this business',
    text: best
      ? `That nothing fits is ${sureness(advice.confidence)}. ${nearest}`
      : 'The library has no snapshot to choose from.',
  };
}

/** What a recommendation comes to, in one line. */
export function adviceNews(advice: Recommendation): string {
  const best = advice.ranking.find(({ id }) => id === advice.choice);
  return best ? `Recommended: ${best.name}, ${sureness(advice.confidence)}` : (heldWords(advice)?.heading ?? '');
}
