/** One word of a text: as it was written, and in the form in which words are compared. */
export interface Word {
  text: string;
  stem: string;
}

const joins = new Set(
  'a an the and or y e o et ou und oder de del du des la le les el los las der die das dem den i'.split(' '),
);
/** In the plural they mean something else than in the singular. */
const kept = new Set(['wills', 'trusts', 'glasses', 'gas', 'bus', 'us']);
const invisible = /(?![\t\n\r])[\p{Cf}\p{Cc}]/gu;

/** Readable text: nothing invisible in it, no accents, no capitals; words that were written together come apart. */
export const plain = (text: string): string =>
  text
    .replace(invisible, '')
    .replace(/(\p{Ll}{2})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/['’]s\b/g, 's')
    .replace(/_/g, ' ');

export const wordsOf = (text: string): Word[] =>
  (text.match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !joins.has(word))
    .map((word) => ({ text: word, stem: stemOf(word) }));

/** A text as nothing but its words, so that one can be looked for in another. */
export const spelled = (text: string): string =>
  ` ${wordsOf(plain(text))
    .map(({ stem }) => stem)
    .join(' ')} `;

/** Takes the plural off, in a way that does little harm in four languages. */
export function stemOf(word: string): string {
  if (word.length < 4 || kept.has(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

/** Which letters a word has, a bit for each: two words that differ in many letters need no closer look. */
export function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) % 32);
  return letters;
}

/** In how many letters two words differ. */
export function differing(one: number, other: number): number {
  let count = 0;
  for (let rest = one ^ other; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether one word becomes the other by so many letters wrong, missing, too many or changed about. */
export function within(edits: number, a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > edits) return false;
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) > edits) return false;
    [before, last] = [last, row];
  }
  return last[b.length] <= edits;
}
