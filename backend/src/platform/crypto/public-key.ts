import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * An environment file holds one line: the key may come as PEM, with its line ends written out, or as its base64 body
 * alone. Throws when it is no public key.
 */
export function publicKeyFrom(text: string): KeyObject {
  const pem = text.includes('-----BEGIN')
    ? text.replaceAll('\\n', '\n')
    : `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----`;
  return createPublicKey(pem);
}

export function isEd25519Key(text: string): boolean {
  try {
    return publicKeyFrom(text).asymmetricKeyType === 'ed25519';
  } catch {
    return false; // not a key at all
  }
}
