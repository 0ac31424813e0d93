import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from '../../platform/crypto/index.js';

const shape = /^sw_([0-9a-f]{12})_([0-9a-f]{48})([0-9a-f]{8})$/;

export interface ApiKeyParts {
  /** Finds the key; shown in lists. */
  prefix: string;
  /** 192 random bits; only its hash is stored. */
  secret: Secret;
}

/** `sw_<prefix>_<secret><checksum>`: scanners find a leaked one, and a mistyped one costs no look-up. */
export function newApiKey(): ApiKeyParts & { key: Secret } {
  const prefix = randomBytes(6).toString('hex');
  const secret = randomBytes(24).toString('hex');
  return { prefix, secret: new Secret(secret), key: new Secret(`sw_${prefix}_${secret}${checksum(prefix, secret)}`) };
}

export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, prefix, secret, sum] = shape.exec(text) ?? [];
  return prefix !== undefined && sum === checksum(prefix, secret) ? { prefix, secret: new Secret(secret) } : undefined;
}

const checksum = (prefix: string, secret: string) => crc32(`${prefix}_${secret}`).toString(16).padStart(8, '0');
