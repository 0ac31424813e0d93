import { hintWeight, moreWordsBonus, partWeight, scatteredWeight, typoWeight } from './parameters.js';
import { anyLocal, concepts, isLocal } from './taxonomy/taxonomy.js';
import { differing, lettersOf, stemOf, type Word, within, wordsOf } from './text.js';

/** A place in a text that names a line of business. */
export interface Mention {
  concept: string;
  /** The words as they were written. */
  words: string;
  /** Where they begin. */
  at: number;
  weight: number;
  /** Whether the words mean this line of business, and are no mere hint. */
  plain: boolean;
  /** Whether they stand together, in their order. */
  inOrder: boolean;
}

interface Term {
  concept: string;
  words: Pattern[];
  /** One that only hints, or is only a part of a name, weighs less. */
  weight: number;
  letters: number;
  /** German puts it at the end of longer words: a Hochzeitsfotograf is a Fotograf. */
  ends: boolean;
}
interface Pattern {
  text: string;
  open: boolean;
}

/** Everyday words that a slip of the pen would make into a trade. */
const everyday = new Set(
  'rental rentals service services affordable advice along amazing around attention available based beautiful because better books boxes broken building called change choice clear cleared close common complete covers custom daily detail different dinner doctor driver during easily energy enjoy every everyone extra facing fashion feature figure finish finished fitting flying forward found friendly gather going grand great group grows happy hand hands heart heavy hired hours house human ideas improve include included including industry issues items keeping kinds large learn level lights lines local lovely loving lower major manage managed manager manages master mature meals means meeting message metal middle minor money months morning motion natural nearby needed never night nobody notes offer often older onsite orders other packed pages parts paying people phone picked piece pieces place places plain plans plates played playing points polish polishing pounds power premium prices printed problem purchase quick quiet raised range ranges rates ready regular release remote renew report reports rescue retired return rides right rooms round rural sales sample saving scale score second select seller selling sells senior session shape share shared shift short sides skill small smart solve sound space speak speed spent staff stage stand start state steps stick still stock story street style submit sunny supply sweet table tables tailored tests think throw times together tools total touch tough towns track tracking trade trained treat trend trips tried trust truly types under unique until useful users value views visits waste watch ways wheel where which while white whole wide windy women wooden words works world worth write years young former formal format firmer before people really always another between business company provide provides provider quality customer customers working workers certain contact content control country courses creating current delivery dealing direct district effort either entire expert experts family father filling finding follow friend general getting giving grower growth handle hearing helping highly honest inside itself leader leading living located longer looking making market master matter member method modern moment mother moving nature number offers offering office online option order outside owner parent partner perfect person personal please policy popular possible present pretty private process product profit project proper proven public purpose quickly rather reading ready reason record region related require result reviews running school search season second secure senior series serving several should simple single social source special spring standard started station strong student summer support system taking target taught thing things through together training trusted turning united upper usually valley various village visit waiting walking weekly winter within without wonder working worldwide writing yearly younger'.split(
    ' ',
  ),
);

export const isEveryday = (word: string): boolean => everyday.has(word);

/** A word that several languages share counts once. */
const terms = [...concepts.values()].flatMap(({ id, en, es = '', fr = '', de = '', hint = '' }) => {
  const german = termsOf(id, de, 1).map((term) => ({ ...term, ends: term.words.length === 1 }));
  const all = [...[en, es, fr].flatMap((list) => termsOf(id, list, 1)), ...german, ...termsOf(id, hint, hintWeight)];
  return [...new Map(all.reverse().map((term) => [JSON.stringify(term.words), term])).values()];
});

function termsOf(concept: string, list: string, weight: number): Term[] {
  return list.split(',').flatMap((each) => {
    const words = (each.match(/[^\s]+/g) ?? []).flatMap((part) => {
      const open = part.endsWith('*');
      return wordsOf(part).map(({ text, stem }) => ({ text: open ? text : stem, open }));
    });
    const letters = words.reduce((sum, { text, open }) => sum + text.length + (open ? 0 : 0.5), 0);
    return words.length === 0 ? [] : [{ concept, words, weight, letters, ends: false }];
  });
}

/** “Carpet” alone still points to those who clean or lay carpets, as long as it is part of few names. */
function partsOf(whole: Term[]): Term[] {
  const users = new Map<string, Set<string>>();
  for (const { concept, words, weight } of whole)
    for (const { text } of words)
      if (words.length > 1 && weight === 1 && text.length > 3 && !everyday.has(text) && isLocal(concept))
        users.set(text, (users.get(text) ?? new Set<string>()).add(concept));
  return [...users].flatMap(([text, by]) =>
    by.size > 2 || by.has(anyLocal)
      ? []
      : [...by].map((concept) => ({
          concept,
          words: [{ text, open: false }],
          weight: partWeight,
          letters: 0,
          ends: false,
        })),
  );
}

const closed = new Map<string, Term[]>();
const open = new Map<string, Term[]>();
for (const term of [...terms, ...partsOf(terms)]) {
  const [first] = term.words;
  const index = first.open ? open : closed;
  index.set(first.text, [...(index.get(first.text) ?? []), term]);
}

/** Words that are set right when they are written wrong, by their first letter. */
const spellings = new Map<string, (Pattern & { letters: number })[]>();
const mendable = terms.filter(({ concept }) => isLocal(concept)).flatMap(({ words }) => words);
for (const [text, pattern] of new Map(mendable.map((word) => [word.text, word]))) {
  if (text.length < (pattern.open ? 6 : 5)) continue;
  spellings.set(text[0], [...(spellings.get(text[0]) ?? []), { ...pattern, letters: lettersOf(text) }]);
}

const fits = ({ text, open: prefix }: Pattern, word: Word): boolean =>
  prefix ? word.text.startsWith(text) : word.stem === text;

function termsFrom({ text, stem }: Word): Term[] {
  const found = termsOfWord(text, stem);
  return found.length > 0 ? found : remembered(termsWithin, text);
}

function termsOfWord(text: string, stem: string): Term[] {
  const found = [...(closed.get(stem) ?? [])];
  for (let end = 2; end <= text.length; end++) found.push(...(open.get(text.slice(0, end)) ?? []));
  return found;
}

const leastHead = 3;
const leastTail = 5;

/** “Kaeltetechnik” is spelled without its umlaut; “Strandhochzeitsfotograf” ends with what it is. */
function termsWithin(text: string): Term[] {
  const folded = text.replace(/([aou])e/g, '$1');
  const spelt = folded === text ? [] : termsOfWord(folded, stemOf(folded)).filter(({ weight }) => weight === 1);
  if (spelt.length > 0) return spelt;
  for (let at = leastHead; at <= text.length - leastTail; at++) {
    const tail = text.slice(at);
    const found = termsOfWord(tail, stemOf(tail)).filter(({ ends, letters }) => ends && letters >= leastTail);
    if (found.length > 0) return found;
  }
  return [];
}

/** How far apart the words of one name may stand when they stand in another order. */
const reach = 5;

interface Hit {
  term: Term;
  places: number[];
  inOrder: boolean;
}

function hitsAt(words: Word[], at: number): Hit[] {
  return termsFrom(words[at]).flatMap((term): Hit[] => {
    const rest = term.words.slice(1);
    if (rest.every((pattern, index) => at + index + 1 < words.length && fits(pattern, words[at + index + 1])))
      return [{ term, places: term.words.map((_, index) => at + index), inOrder: true }];
    const places = [at];
    for (const pattern of rest) {
      const from = Math.max(0, at - reach);
      const found = words.slice(from, at + reach + 1).findIndex((word) => fits(pattern, word));
      if (found < 0 || places.includes(from + found)) return [];
      places.push(from + found);
    }
    return [{ term, places, inOrder: false }];
  });
}

/** Every line of business that a text names. A longer name hides the shorter ones within it. */
export function mentionsIn(written: Word[], mend = true): Mention[] {
  const mended = written.map((word) => (mend ? mendedOf(word) : word));
  const hits = mended.flatMap((_, at) => hitsAt(mended, at)).sort(byLength);
  const taken = new Map<number, Hit>();
  const mentions: Mention[] = [];
  for (const hit of hits) {
    const { term, places, inOrder } = hit;
    const over = places.flatMap((place) => taken.get(place) ?? []);
    if (over.some((other) => byLength(other, hit) < 0 || other.places[0] !== places[0])) continue;
    for (const place of places) taken.set(place, hit);
    const typo = places.some((place) => mended[place] !== written[place]);
    const weight =
      term.weight *
      (inOrder ? 1 : scatteredWeight) *
      (typo ? typoWeight : 1) *
      (1 + moreWordsBonus * (places.length - 1));
    const said = [...places].sort((a, b) => a - b).map((place) => written[place].text);
    mentions.push({
      ...{ concept: term.concept, words: said.join(' '), at: places[0], weight, inOrder },
      plain: term.weight === 1,
    });
  }
  return mentions.sort((a, b) => a.at - b.at);
}

const byLength = (a: Hit, b: Hit): number =>
  b.places.length - a.places.length || Number(b.inOrder) - Number(a.inOrder) || b.term.letters - a.term.letters;

/** A word that no one knows, but that is nearly one that names a trade. */
function mendedOf(word: Word): Word {
  if (word.text.length < 6 || known(word)) return word;
  const meant = remembered(meantBy, word.text);
  return meant === null ? word : { text: meant, stem: stemOf(meant) };
}

function meantBy(written: string): string | null {
  const [stem, edits] = [stemOf(written), written.length >= 10 ? 2 : 1];
  const meant = (spellings.get(written[0]) ?? []).find(({ text, open: prefix, letters }) => {
    const longer = written.length - text.length;
    if (longer > 5 || longer < -edits || (edits === 2 && text.length < 8)) return false;
    const asLong = prefix ? written.slice(0, text.length) : stem;
    return differing(letters, lettersOf(asLong)) <= 2 * edits && within(edits, asLong, text);
  });
  return meant?.text ?? null;
}

const memory = new Map<(word: string) => unknown, Map<string, unknown>>();
const wordsKept = 20_000;

/** What takes long to find out about a word that is not known is found out once. */
function remembered<T>(find: (word: string) => T, word: string): T {
  const answers = (memory.get(find) ?? new Map<string, T>()) as Map<string, T>;
  memory.set(find, answers);
  if (!answers.has(word)) {
    if (answers.size >= wordsKept) answers.clear();
    answers.set(word, find(word));
  }
  return answers.get(word)!;
}

/** Every word of every term, also one that no term begins with: a panel beater is no badly spelled Berater. */
const closedWords = new Set(
  terms.flatMap(({ words }) => words.flatMap(({ text, open: prefix }) => (prefix ? [] : text))),
);
const openWords = new Set(
  terms.flatMap(({ words }) => words.flatMap(({ text, open: prefix }) => (prefix ? text : []))),
);

function known(word: Word): boolean {
  if (everyday.has(word.text) || everyday.has(word.stem) || closedWords.has(word.stem)) return true;
  for (let end = 4; end <= word.text.length; end++) if (openWords.has(word.text.slice(0, end))) return true;
  return termsFrom(word).length > 0;
}
