import { randomInt } from 'node:crypto';
import { Secret } from '../../platform/crypto/secret.js';

const kinds = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#$%*+-=?@_'];
const length = 20;

/** Meets HighLevel's rule (12 characters, each kind present). Nobody sees it: the person sets an own one by e-mail. */
export function generatePassword(): Secret {
  const characters = kinds.map(pick);
  while (characters.length < length) characters.push(pick(kinds.join('')));
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other], characters[last]];
  }
  return new Secret(characters.join(''));
}

const pick = (from: string) => from[randomInt(from.length)];
