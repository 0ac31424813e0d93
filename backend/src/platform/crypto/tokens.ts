import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from './secret.js';

/** 256 random bits, safe in URLs and cookies. */
export const newToken = () => new Secret(randomBytes(32).toString('base64url'));

/** What is stored of a token. A plain hash is enough: nobody can guess 256 bits. */
export const hashOf = (token: Secret) => sha256(token.reveal());

export const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest();

/** Takes as long for a near miss as for a far one. */
export const sameBytes = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
