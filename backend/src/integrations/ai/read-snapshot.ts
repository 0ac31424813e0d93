import type { AiCandidate } from './ai.port.js';
import { isEveryday, mentionsIn } from './lexicon.js';
import { besideVertical, broaderPurpose, foreignPurpose, hintBesidePlain, snapshotWeights } from './parameters.js';
import { anyLocal, concepts, isLocal, serves } from './taxonomy/taxonomy.js';
import { plain, spelled, type Word, wordsOf } from './text.js';

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
  name: string;
  /** Its name as words; and whether that is a title, with words that are no one's line of business. */
  called: string;
  isTitle: boolean;
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
  const pieces = Object.fromEntries(
    snapshotFields.map((field) => [field, piecesOf(text[field].slice(0, 6_000)).map((piece) => wordsOf(plain(piece)))]),
  ) as Pieces;
  const words = Object.fromEntries(
    snapshotFields.map((field) => [field, pieces[field].flat()]),
  ) as SnapshotRead['words'];
  const purposes = purposesOf(pieces);
  const names = (field: SnapshotField) =>
    [...saidIn(field, pieces[field]).values()].some(({ strength }) => strength >= 0.5);
  const fallback = names('name') ? 0 : fallbackOf(text) * (names('vertical') ? besideVertical : 1);
  const name = { name: candidate.name, called: spelled(candidate.name), isTitle: isTitle(words.name) };
  return { id: candidate.id, ...name, purposes, words, fallback };
}

function isTitle(name: Word[]): boolean {
  const trade = new Set(mentionsIn(name, false).flatMap(({ words }) => words.split(' ')));
  return name.some(({ text }) => text.length > 1 && !trade.has(text) && !isEveryday(text));
}

/** A line of business is named within one entry of a list or one sentence, never across two. */
type Pieces = Record<SnapshotField, Word[][]>;
const piecesOf = (text: string): string[] => text.split(/[,.;|\n]+/);

/**
 * What one field says. A mere hint counts in a name, less beside a plain word there, and in a vertical that says nothing
 * plainer; what stands about in a description counts where it stands together.
 */
function saidIn(field: SnapshotField, pieces: Word[][]): Map<string, Purpose> {
  const mentions = pieces.flatMap((words) => mentionsIn(words, false));
  const isPlain = mentions.some((mention) => mention.plain);
  const inPassing = field !== 'name' && (field !== 'vertical' || isPlain);
  const sums = new Map<string, { sum: number; words: string }>();
  for (const { concept, weight, plain: meant, inOrder, words } of mentions) {
    if (concept === anyLocal || (inPassing && !(meant && inOrder)) || (field !== 'name' && !isLocal(concept))) continue;
    const before = sums.get(concept);
    const sum = (before?.sum ?? 0) + weight * (isPlain && !meant ? hintBesidePlain : 1);
    sums.set(concept, { sum, words: before?.words ?? words });
  }
  const strengthOf = (sum: number) => snapshotWeights[field] * (1 - Math.exp(-2.2 * sum));
  return new Map(
    [...sums].map(([concept, { sum, words }]) => [concept, { concept, strength: strengthOf(sum), field, words }]),
  );
}

function purposesOf(pieces: Pieces): Purpose[] {
  const best = new Map<string, Purpose>();
  for (const field of snapshotFields)
    for (const [concept, purpose] of saidIn(field, pieces[field]))
      if (purpose.strength > (best.get(concept)?.strength ?? 0)) best.set(concept, purpose);
  const named = [...saidIn('name', pieces.name).keys()];
  const broader = new Set(named.flatMap((concept) => concepts.get(concept)!.in ?? []));
  const foreign = ({ concept, field }: Purpose) =>
    (field === 'description' || field === 'contents') &&
    named.length > 0 &&
    named.every((other) => serves(other, concept) < 0.2 && serves(concept, other) < 0.2);
  return [...best.values()]
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
