import type { IntakeField, IntakeRead } from './read-intake.js';
import { type SnapshotField, snapshotFields, type SnapshotRead } from './read-snapshot.js';
import { snapshotWeights } from './parameters.js';

/** How alike words are, without knowing what they mean: what the taxonomy does not know is found by this. */
export interface LexicalIndex {
  /** 0 to 1 for each snapshot, in the order of the library; and the rarest words that met. */
  compare(intake: IntakeRead): { score: number; met: Meeting[] }[];
}

export interface Meeting {
  asked: string;
  in: IntakeField;
  has: string;
  field: SnapshotField;
  worth: number;
}

interface Known {
  field: SnapshotField;
  text: string;
}

const gramLength = 4;

export function indexOf(library: SnapshotRead[]): LexicalIndex {
  const entries = library.map(({ words }) => {
    const known = new Map<string, Known>();
    const grams = new Map<string, number>();
    for (const field of snapshotFields) {
      for (const { stem, text } of words[field]) {
        if (!known.has(stem)) known.set(stem, { field, text });
        for (const gram of gramsOf(stem)) grams.set(gram, Math.max(grams.get(gram) ?? 0, snapshotWeights[field]));
      }
    }
    return { known, grams };
  });
  const rarity = rarityIn(entries.map(({ known }) => known));
  const gramRarity = rarityIn(entries.map(({ grams }) => grams));
  const norms = entries.map(({ grams }) => normOf(grams, gramRarity));

  return {
    compare(intake) {
      const asked = new Map<string, { text: string; weight: number; in: IntakeField }>();
      for (const { word, weight, field } of intake.words) {
        const before = asked.get(word.stem);
        if (weight > (before?.weight ?? 0) && word.text.length > 2)
          asked.set(word.stem, { text: word.text, weight, in: field });
      }
      const grams = new Map<string, number>();
      for (const [stem, { weight }] of asked)
        for (const gram of gramsOf(stem)) grams.set(gram, Math.max(grams.get(gram) ?? 0, weight));
      const norm = normOf(grams, gramRarity);
      const all = [...asked].reduce((sum, [stem, { weight }]) => sum + weight * rarity(stem), 0);
      return entries.map((entry, index) => {
        let sum = 0;
        const met: Meeting[] = [];
        for (const [stem, { text, weight, in: place }] of asked) {
          const known = entry.known.get(stem);
          if (!known) continue;
          const worth = weight * rarity(stem) * snapshotWeights[known.field];
          sum += worth;
          met.push({ asked: text, in: place, has: known.text, field: known.field, worth });
        }
        let dot = 0;
        for (const [gram, weight] of grams) dot += weight * (entry.grams.get(gram) ?? 0) * gramRarity(gram) ** 2;
        const alike = norm * norms[index] > 0 ? dot / (norm * norms[index]) : 0;
        met.sort((a, b) => b.worth - a.worth);
        return { score: all > 0 ? 0.5 * (sum / all) + 0.5 * Math.min(1, 2 * alike) : 0, met };
      });
    },
  };
}

function gramsOf(stem: string): string[] {
  const padded = ` ${stem} `;
  if (padded.length <= gramLength) return [padded];
  return Array.from({ length: padded.length - gramLength + 1 }, (_, at) => padded.slice(at, at + gramLength));
}

/** What every snapshot has tells nothing. */
function rarityIn(entries: Map<string, unknown>[]): (key: string) => number {
  const seen = new Map<string, number>();
  for (const entry of entries) for (const key of entry.keys()) seen.set(key, (seen.get(key) ?? 0) + 1);
  return (key) => Math.log(1 + entries.length / ((seen.get(key) ?? 0) + 0.5));
}

const normOf = (weights: Map<string, number>, rarity: (key: string) => number): number =>
  Math.sqrt([...weights].reduce((sum, [key, weight]) => sum + (weight * rarity(key)) ** 2, 0));
