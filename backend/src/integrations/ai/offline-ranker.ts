import { Injectable } from '@nestjs/common';
import { type AiCandidate, type AiIntake, AiPort, type AiRanked } from './ai.port.js';
import { wordsOf } from './words.js';

/** How much a meeting of words counts, by where the snapshot has the word. */
const weights = { name: 3, vertical: 3, description: 1, contents: 0.5 } as const;
/** Score at which a match is as likely right as wrong, and how fast that changes. */
const evenAt = 4;
const steepness = 0.6;

/** Ranks by the words that intake and snapshot share, rare words first. No network, no model. */
@Injectable()
export class OfflineRanker extends AiPort {
  async rankSnapshots(intake: AiIntake, candidates: AiCandidate[]): Promise<AiRanked[]> {
    const asked = new Map<string, string>([
      ...wordsOf(intake.description),
      ...wordsOf(intake.industry),
      ...wordsOf(intake.name),
    ]);
    const library = candidates.map((candidate) => ({ candidate, fields: fieldsOf(candidate) }));
    const rarity = rarityIn(library.map(({ fields }) => fields));
    const scored = library
      .map(({ candidate, fields }) => score(candidate.id, asked, fields, rarity))
      .sort((a, b) => b.score - a.score);
    const [first, second] = scored;
    return scored.map((ranked) => ({
      ...ranked,
      confidence: confidenceOf(ranked.score, ranked === first ? second?.score : first.score),
    }));
  }
}

type Field = keyof typeof weights;
type Fields = Record<Field, Map<string, string>>;

const fieldsOf = (candidate: AiCandidate): Fields => ({
  name: wordsOf(candidate.name),
  vertical: wordsOf(candidate.vertical),
  description: wordsOf(candidate.description),
  contents: wordsOf(candidate.contents.join(' ')),
});

/** A word that every snapshot has tells nothing. */
function rarityIn(library: Fields[]): (word: string) => number {
  const seen = new Map<string, number>();
  for (const fields of library) {
    for (const word of new Set(Object.values(fields).flatMap((words) => [...words.keys()])))
      seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  return (word) => Math.log(1 + library.length / (seen.get(word) ?? 1));
}

function score(
  id: string,
  asked: Map<string, string>,
  fields: Fields,
  rarity: (word: string) => number,
): Omit<AiRanked, 'confidence'> {
  let total = 0;
  const reasons: string[] = [];
  for (const [stem, word] of asked) {
    const field = (Object.keys(weights) as Field[]).find((each) => fields[each].has(stem));
    if (!field) continue;
    total += weights[field] * rarity(stem);
    reasons.push(`“${word}” meets its ${field} (“${fields[field].get(stem)}”)`);
  }
  return { id, score: Number(total.toFixed(3)), reasons: reasons.slice(0, 5) };
}

/** Certain only when the score is high and the next one is far behind. */
function confidenceOf(score: number, rival = 0): number {
  if (score <= 0) return 0;
  const strength = 1 / (1 + Math.exp(-steepness * (score - evenAt)));
  const lead = Math.max(0, Math.min(1, (score - rival) / score));
  return Number((strength * (0.4 + 0.6 * lead)).toFixed(3));
}
