import type { AiIntake } from './ai.port.js';
import { withoutOrders } from './instructions.js';
import { type Mention, mentionsIn } from './lexicon.js';
import {
  cueWeights,
  firstNamed,
  inBrackets,
  intakeWeights,
  laterClause,
  leastClause,
  nameBesideFacts,
  sameSector,
  tradeBesideSector,
  vagueShare,
} from './parameters.js';
import { anyLocal, concepts, isLocal, sectorIdOf } from './taxonomy/taxonomy.js';
import { plain, type Word, wordsOf } from './text.js';

export type IntakeField = keyof typeof intakeWeights;

export interface Evidence {
  concept: string;
  /** 0 to 1: how sure it is that the client does this. */
  strength: number;
  /** What share of the client's business it seems to be; all shares are 1. */
  share: number;
  said: { field: IntakeField; words: string; weight: number }[];
}

export interface IntakeRead {
  /** The most likely first. */
  evidence: Evidence[];
  /** The words that tell something, with their weight, for the comparison of words. */
  words: { word: Word; field: IntakeField; weight: number }[];
}

const fields = Object.keys(intakeWeights) as IntakeField[];

/** What a client's own words say about its line of business. Orders in them are left out before anything is read. */
export function readIntake(intake: AiIntake): IntakeRead {
  const read = fields.map((field) => ({ field, ...readField(textOf(intake, field), field !== 'name') }));
  const facts = read.filter(({ field }) => field !== 'name' && field !== 'goals');
  const exact = facts.flatMap(({ mentions }) => mentions).filter(({ concept }) => !concepts.get(concept)!.vague);
  const certain = Math.max(0, ...exact.map(({ weight }) => weight));
  const weightOf = (field: IntakeField) =>
    field === 'name' && certain >= 0.5 ? nameBesideFacts : intakeWeights[field];

  const said = new Map<string, Evidence['said']>();
  for (const { field, mentions } of read)
    for (const { concept, words, weight } of mentions)
      if (weight > 0) said.set(concept, [...(said.get(concept) ?? []), { field, words, weight }]);
  const evidence = [...said].map(([concept, all]) => ({ concept, strength: strengthOf(all, weightOf), said: all }));
  return {
    evidence: shared(narrowed(evidence)),
    words: read.flatMap(({ field, words }) =>
      words.map(({ word, weight }) => ({ word, field, weight: weight * weightOf(field) })),
    ),
  };
}

function textOf(intake: AiIntake, field: IntakeField): string {
  const written = intake[field];
  const text = Array.isArray(written) ? written.join('. ') : (written ?? '');
  return withoutOrders(text.slice(0, 6_000), field === 'name' ? 'name' : 'sentences');
}

interface WeighedWord {
  word: Word;
  weight: number;
  audience: boolean;
}

function readField(text: string, mend: boolean): { words: WeighedWord[]; mentions: Mention[] } {
  const words = clausesOf(text).flatMap(weigh);
  const all = mentionsIn(
    words.map(({ word }) => word),
    mend,
  );
  const sector = all.some((mention) => mention.plain && !isLocal(mention.concept));
  let named = false;
  const mentions = all.map((mention) => {
    const { weight, audience } = words[mention.at];
    const served = audience && named ? cueWeights.audience : 1;
    const dominated = sector && isLocal(mention.concept) ? tradeBesideSector : 1;
    const first = !named && mention.plain && weight > 0;
    named ||= first;
    return { ...mention, weight: mention.weight * weight * served * dominated * (first ? firstNamed : 1) };
  });
  return { words, mentions };
}

interface Clause {
  text: string;
  bracketed: boolean;
}

/** Sentences, each of its clauses: a cue reaches as far as one of them. What brackets except is not there at all. */
function clausesOf(text: string): Clause[][] {
  const abbreviated = text
    .replace(/\b[ei]\. ?[ge]\.?/gi, ' ')
    .replace(/[([]\s*(except|excluding|not|without)\b[^)\]]*[)\]]/gi, ' ');
  return abbreviated
    .split(/[.!?;\n]+/)
    .map((sentence) =>
      sentence
        .split(/([([][^)\]]*[)\]])/)
        .flatMap((part) =>
          part.split(/[,:/|]|\s[-–—]\s/).map((clause) => ({ text: clause, bracketed: /^[([]/.test(part) })),
        )
        .filter((clause) => /\p{L}/u.test(clause.text)),
    )
    .filter((clauses) => clauses.length > 0);
}

type Cue = keyof typeof cueWeights;
const cues: [Cue, RegExp][] = [
  ['negated', /^(not|no|never|without|except|excluding|nicht|kein|keine|sin|pas|sans|ohne|dont|isnt|nunca)$/],
  ['former', /^(formerly|former|previously|used to be|once|ehemalige[rs]?|antiguo|antigua|ancien|ancienne)$/],
  ['nearby', /^(near|behind|beside|beneath|opposite|cerca|pres|neben|inside|inspired|named)$/],
  ['audience', /^(for|serving|para|pour|fur|fuer|targeting|among)$/],
  ['secondary', /^(also|plus|additionally|sometimes|occasionally|occasional|auch|tambien|aussi|ademas|egalement)$/],
  ['main', /^(mainly|mostly|primarily|specifically|specializ\w+|specialis\w+|principalmente|surtout|hauptsachlich)$/],
];
const cueOf = (text: string): Cue | undefined => cues.find(([, words]) => words.test(text))?.[0];

function weigh(clauses: Clause[], sentence: number): WeighedWord[] {
  return clauses.flatMap(({ text, bracketed }, index) => {
    let weight = Math.max(leastClause, 1 - laterClause * (sentence + index)) * (bracketed ? inBrackets : 1);
    let audience = false;
    return wordsOf(plain(text)).map((word) => {
      const cue = cueOf(word.text);
      if (cue === 'audience') audience = true;
      else if (cue) weight *= cueWeights[cue];
      return { word, weight, audience };
    });
  });
}

/** Many words for one thing make it surer, each a little less. */
function strengthOf(said: Evidence['said'], weightOf: (field: IntakeField) => number): number {
  const doubts = fields.map((field) => {
    const sum = said.filter((each) => each.field === field).reduce((total, { weight }) => total + weight, 0);
    return 1 - weightOf(field) * (1 - Math.exp(-1.6 * sum));
  });
  return 1 - doubts.reduce((product, doubt) => product * doubt, 1);
}

type Weighed = Omit<Evidence, 'share'>;

/** “Law firm” beside “divorce” is the same business, said less exactly. */
function narrowed(evidence: Weighed[]): Weighed[] {
  const strongest = new Map<string, Weighed>();
  for (const each of evidence) {
    const broader = concepts.get(each.concept)!.in;
    if (broader && each.strength > (strongest.get(broader)?.strength ?? 0)) strongest.set(broader, each);
  }
  return evidence.map((each) => {
    const narrower = strongest.get(each.concept);
    return narrower && narrower.strength >= 0.5 * each.strength ? { ...each, strength: 0.3 * each.strength } : each;
  });
}

/** The main business takes most: shares go with the cube. A class of leftovers says little beside something exact. */
function shared(evidence: Weighed[]): Evidence[] {
  const exact = evidence.some(({ concept, strength }) => !concepts.get(concept)!.vague && strength >= 0.3);
  const shareOf = ({ concept, strength, said }: Weighed) => {
    const vague = concepts.get(concept)!.vague && exact ? vagueShare : 1;
    const backed = evidence.some(
      (other) =>
        other.concept !== concept &&
        sectorIdOf(other.concept) === sectorIdOf(concept) &&
        other.said.some(({ field }) => said.every((own) => own.field !== field)),
    );
    return vague * (concept === anyLocal ? 0.5 : 1) * (backed ? sameSector : 1) * strength ** 3;
  };
  const total = evidence.reduce((sum, each) => sum + shareOf(each), 0);
  return evidence
    .map((each) => ({ ...each, share: total > 0 ? shareOf(each) / total : 0 }))
    .sort((a, b) => b.share - a.share);
}
