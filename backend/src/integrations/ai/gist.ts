import type { AiGist, AiIntake } from './ai.port.js';
import { type IntakeRead, readIntake } from './read-intake.js';
import { concepts } from './taxonomy/taxonomy.js';

/** How much of a gist is words where the line of business is known: it says more than they do. */
const wordShare = 0.2;
/** A divorce lawyer is a lawyer as well, but less. */
const broaderShare = 0.4;
/** Shorter ones are mostly no names of anything. */
const shortestWord = 4;

/** What an intake is about, in the terms that it is ranked by. */
export const gistOf = (intake: AiIntake): AiGist => gistOfRead(readIntake(intake));

export function gistOfRead({ evidence, words }: IntakeRead): AiGist {
  const lines = new Map<string, number>();
  for (const { concept, share } of evidence) {
    add(lines, `line:${concept}`, share);
    const broader = concepts.get(concept)!.in;
    if (broader) add(lines, `line:${broader}`, broaderShare * share);
  }
  const said = new Map<string, number>();
  for (const { word, weight } of words)
    if (word.text.length >= shortestWord) {
      const key = `word:${word.stem}`;
      said.set(key, Math.max(weight, said.get(key) ?? 0));
    }
  const share = lines.size > 0 ? wordShare : 1;
  return scaled(new Map([...scaled(lines, Math.sqrt(1 - share)), ...scaled(said, Math.sqrt(share))]), 1);
}

const add = (weights: Map<string, number>, key: string, weight: number) =>
  weights.set(key, (weights.get(key) ?? 0) + weight);

function scaled(weights: ReadonlyMap<string, number>, length: number): Map<string, number> {
  const norm = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0));
  return new Map([...weights].map(([key, weight]): [string, number] => [key, (weight * length) / (norm || 1)]));
}
