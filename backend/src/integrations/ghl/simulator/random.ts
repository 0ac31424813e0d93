import { createHash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A number in [0, 1) that follows from the words alone. */
export function chance(...words: (string | number)[]): number {
  return createHash('sha256').update(words.join('\n')).digest().readUInt32BE(0) / 2 ** 32;
}

/** An opaque id of HighLevel's length that follows from the words alone. */
export function idOf(...words: (string | number)[]): string {
  return letters(20, words);
}

export function tokenOf(prefix: string, ...words: (string | number)[]): string {
  return prefix + letters(60, words);
}

function letters(length: number, words: (string | number)[]): string {
  let text = '';
  for (let round = 0; text.length < length; round++) {
    const bytes = createHash('sha256')
      .update([round, ...words].join('\n'))
      .digest();
    for (const byte of bytes) text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}
