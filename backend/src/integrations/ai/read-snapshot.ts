import type { AiCandidate } from './ai.port.js';
import { mentionsIn } from './lexicon.js';
import { broaderPurpose, foreignPurpose, snapshotWeights } from './parameters.js';
import { anyLocal, concepts, isLocal, serves } from './taxonomy/taxonomy.js';
import { plain, type Word, wordsOf } from './text.js';

export type SnapshotField = keyof typeof snapshotWeights;

export interface Purpose {
  concept: string;
  /** 0 to 1: how sure it is that the snapshot is made for this. */
  strength: number;
  field: SnapshotField;
  words: string;
}

export interface SnapshotRead {
  id: string;
  /** What it is made for, the surest first. */
  purposes: Purpose[];
  /** 0 to 1: how clearly its own words say that it is for any local business. */
  fallback: number;
  words: Record<SnapshotField, Word[]>;
}

export const snapshotFields = Object.keys(snapshotWeights) as SnapshotField[];

/** What a snapshot's own words say about whom it is made for. Its id says nothing. */
export function readSnapshot(candidate: AiCandidate): SnapshotRead {
  const text: Record<SnapshotField, string> = {
    name: candidate.name,
    vertical: candidate.vertical ?? '',
    description: candidate.description ?? '',
    contents: candidate.contents.join('. '),
  };
  const words = Object.fromEntries(
    snapshotFields.map((field) => [field, wordsOf(plain(text[field].slice(0, 6_000)))]),
  ) as SnapshotRead['words'];
  const purposes = purposesOf(words);
  const named = purposes.some(({ field, strength }) => field === 'name' && strength >= 0.5);
  return { id: candidate.id, purposes, words, fallback: named ? 0 : fallbackOf(text) };
}

function purposesOf(words: SnapshotRead['words']): Purpose[] {
  const best = new Map<string, Purpose>();
  for (const field of snapshotFields) {
    const sums = new Map<string, { sum: number; words: string }>();
    const inPassing = field === 'description' || field === 'contents';
    for (const { concept, weight, plain: meant, words: said } of mentionsIn(words[field], false)) {
      if (concept === anyLocal || (inPassing && !meant) || (field !== 'name' && !isLocal(concept))) continue;
      const before = sums.get(concept);
      sums.set(concept, { sum: (before?.sum ?? 0) + weight, words: before?.words ?? said });
    }
    for (const [concept, { sum, words: said }] of sums) {
      const strength = snapshotWeights[field] * (1 - Math.exp(-2.2 * sum));
      if (strength > (best.get(concept)?.strength ?? 0)) best.set(concept, { concept, strength, field, words: said });
    }
  }
  const all = [...best.values()];
  const named = all.filter(({ field }) => field === 'name').map(({ concept }) => concept);
  const broader = new Set(named.flatMap((concept) => concepts.get(concept)!.in ?? []));
  const foreign = ({ concept, field }: Purpose) =>
    (field === 'description' || field === 'contents') &&
    named.length > 0 &&
    named.every((other) => serves(other, concept) < 0.2 && serves(concept, other) < 0.2);
  return all
    .map((each) => {
      const left = (broader.has(each.concept) ? broaderPurpose : 1) * (foreign(each) ? foreignPurpose : 1);
      return { ...each, strength: left * each.strength };
    })
    .sort((a, b) => b.strength - a.strength);
}

const forAnyone =
  /\b(universal|universel\w*|generic|generico|generique|generisch|fallback|catch all|any (niche|business|industry|local|service|vertical|type)|all (industries|niches|businesses|verticals|trades)|general (local )?(business|service)\w*|local (business|service)\w*|all purpose|general purpose|multi ?purpose|every business|cualquier (negocio|empresa)|todo tipo negocios|toute (entreprise|activite)|tout type d|tous (secteurs|metiers)|alle branchen|jede branche|branchenunabhangig|allgemein\w*|allzweck\w*|starter|default|blank|base (snapshot|template|build)|standard (snapshot|build|setup)|small business|negocios? local\w*|commerces? loca\w*|lokale\w* (dienst|unternehmen|betrieb)\w*)\b/;

const fallbackOf = ({ name, vertical, description }: Record<SnapshotField, string>): number => {
  const says = (text: string) =>
    forAnyone.test(
      wordsOf(plain(text))
        .map((word) => word.text)
        .join(' '),
    );
  if (says(name)) return 1;
  return says(vertical) ? 0.9 : says(description) ? 0.8 : 0;
};
