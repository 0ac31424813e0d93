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

/** Where a word stands among the snapshots; of several fields the first. */
interface Known {
  at: number;
  field: SnapshotField;
  text: string;
}

interface Posting<T> {
  rarity: number;
  in: T[];
}

const gramLength = 4;

/** Turned about, so that a question costs what it has in common with the library, and not what the library has. */
export function indexOf(library: SnapshotRead[]): LexicalIndex {
  const words = new Map<string, Posting<Known>>();
  const grams = new Map<string, Posting<{ at: number; weight: number }>>();
  for (const [at, snapshot] of library.entries()) {
    const known = new Map<string, Known>();
    const weights = new Map<string, number>();
    for (const field of snapshotFields) {
      for (const { stem, text } of snapshot.words[field]) {
        if (!known.has(stem)) known.set(stem, { at, field, text });
        for (const gram of gramsOf(stem)) weights.set(gram, Math.max(weights.get(gram) ?? 0, snapshotWeights[field]));
      }
    }
    for (const [stem, place] of known) postingOf(words, stem).in.push(place);
    for (const [gram, weight] of weights) postingOf(grams, gram).in.push({ at, weight });
  }
  // What every snapshot has tells nothing.
  const rarityOf = (count: number) => Math.log(1 + library.length / (count + 0.5));
  for (const posting of [...words.values(), ...grams.values()]) posting.rarity = rarityOf(posting.in.length);
  const unheard = rarityOf(0);
  const norms = library.map(() => 0);
  for (const { rarity, in: places } of grams.values())
    for (const { at, weight } of places) norms[at] += (weight * rarity) ** 2;

  return {
    compare(intake) {
      const asked = new Map<string, { text: string; weight: number; in: IntakeField }>();
      for (const { word, weight, field } of intake.words) {
        const before = asked.get(word.stem);
        if (weight > (before?.weight ?? 0) && word.text.length > 2)
          asked.set(word.stem, { text: word.text, weight, in: field });
      }
      const met: Meeting[][] = library.map(() => []);
      const askedGrams = new Map<string, number>();
      let all = 0;
      for (const [stem, { text, weight, in: place }] of asked) {
        const posting = words.get(stem);
        const worth = weight * (posting?.rarity ?? unheard);
        all += worth;
        for (const { at, field, text: has } of posting?.in ?? [])
          met[at].push({ asked: text, in: place, has, field, worth: worth * snapshotWeights[field] });
        for (const gram of gramsOf(stem)) askedGrams.set(gram, Math.max(askedGrams.get(gram) ?? 0, weight));
      }
      const dots = library.map(() => 0);
      let norm = 0;
      for (const [gram, weight] of askedGrams) {
        const { rarity, in: places } = grams.get(gram) ?? { rarity: unheard, in: [] };
        norm += (weight * rarity) ** 2;
        for (const { at, weight: has } of places) dots[at] += weight * has * rarity ** 2;
      }
      return library.map((_, at) => {
        const sum = met[at].reduce((total, { worth }) => total + worth, 0);
        const alike = norm * norms[at] > 0 ? dots[at] / Math.sqrt(norm * norms[at]) : 0;
        met[at].sort((a, b) => b.worth - a.worth);
        return { score: all > 0 ? 0.5 * (sum / all) + 0.5 * Math.min(1, 2 * alike) : 0, met: met[at] };
      });
    },
  };
}

function postingOf<T>(index: Map<string, Posting<T>>, key: string): Posting<T> {
  const posting = index.get(key) ?? { rarity: 0, in: [] };
  index.set(key, posting);
  return posting;
}

function gramsOf(stem: string): string[] {
  const padded = ` ${stem} `;
  if (padded.length <= gramLength) return [padded];
  return Array.from({ length: padded.length - gramLength + 1 }, (_, at) => padded.slice(at, at + gramLength));
}
