import { mentionsIn } from './lexicon.js';
import { plain, wordsOf } from './text.js';

/** Whether a name is made of nothing but words for lines of business, so that a client may well say the same. */
export function isTradeName(name: string): boolean {
  const words = wordsOf(plain(name));
  const mentions = mentionsIn(words, false).filter((mention) => mention.plain);
  const named = new Set(mentions.flatMap((mention) => mention.words.split(' ')));
  return words.length > 0 && words.every(({ text }) => named.has(text));
}
