import { verify } from 'node:crypto';
import { publicKeyFrom } from '../../platform/crypto/public-key.js';

/**
 * HighLevel's published webhook key, one for all apps (marketplace documentation, "Webhook Integration Guide").
 * Configuration may override it: a rotation is announced by e-mail.
 */
export const ghlWebhookPublicKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
-----END PUBLIC KEY-----`;

export const ghlSignatureHeader = 'x-ghl-signature';

/**
 * Is this body signed by HighLevel? Ed25519 over the raw bytes, base64 in `X-GHL-Signature`. Everything else is
 * refused: no header, `N/A` (HighLevel's word for unsigned), a malformed value, and the RSA header
 * `X-WH-Signature`, which ended on 2026-09-01.
 * Every app's webhooks carry the same signature: also check that company and sub-account are ours.
 */
export function isSignedByGhl(rawBody: Uint8Array, signature: unknown, publicKey = ghlWebhookPublicKey): boolean {
  // 64 bytes are 86 base64 characters and two of padding.
  if (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{86}==$/.test(signature)) return false;
  return verify(null, rawBody, publicKeyFrom(publicKey), Buffer.from(signature, 'base64'));
}
