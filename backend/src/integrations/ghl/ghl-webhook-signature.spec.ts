import { generateKeyPairSync, sign } from 'node:crypto';
import { ghlWebhookPublicKey, isSignedByGhl } from './ghl-webhook-signature.js';
import { GhlWebhook } from './ghl.schema.js';

describe('the signature of a webhook', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const body = Buffer.from('{"type":"INSTALL","name":"Café"}');
  const good = sign(null, body, privateKey).toString('base64');

  it('accepts the raw bytes that were signed', () => {
    expect(isSignedByGhl(body, good, pem)).toBe(true);
  });

  it('takes the key with or without its PEM lines', () => {
    expect(isSignedByGhl(body, good, pem.replace(/-----[A-Z ]+-----|\s/g, ''))).toBe(true);
    expect(isSignedByGhl(body, good, pem.replaceAll('\n', '\\n'))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['N/A', 'N/A'],
    ['not base64', '%%%'],
    ['too short', good.slice(4)],
    ['with something behind it', `${good} `],
    ['a list', [good]],
    ['of another body', sign(null, Buffer.from('{}'), privateKey).toString('base64')],
  ])('refuses one that is %s', (_, signature) => {
    expect(isSignedByGhl(body, signature, pem)).toBe(false);
  });

  it('refuses a changed byte and another key', () => {
    expect(isSignedByGhl(Buffer.from(`${body.toString()} `), good, pem)).toBe(false);
    expect(isSignedByGhl(body, good)).toBe(false);
    expect(ghlWebhookPublicKey).toContain('BEGIN PUBLIC KEY');
  });
});

describe('the envelope of a webhook', () => {
  const timestamp = '2026-11-20T10:00:00.000Z';

  it('reads fields at the top level', () => {
    const event = GhlWebhook.parse({
      type: 'INSTALL',
      appId: 'a',
      companyId: 'c',
      timestamp,
      webhookId: 'w',
      extra: 1,
    });
    expect(event).toMatchObject({
      type: 'INSTALL',
      companyId: 'c',
      webhookId: 'w',
      timestamp: new Date(timestamp),
      extra: 1,
    });
  });

  it('reads fields under data', () => {
    const event = GhlWebhook.parse({
      data: { type: 'LocationCreate', id: 'l', companyId: 'c' },
      timestamp,
      webhookId: 'w',
    });
    expect(event).toMatchObject({ type: 'LocationCreate', id: 'l', companyId: 'c', webhookId: 'w' });
  });

  it('needs a type and nothing else', () => {
    expect(GhlWebhook.safeParse({ type: 'UNINSTALL' }).success).toBe(true);
    expect(GhlWebhook.safeParse({ webhookId: 'w' }).success).toBe(false);
  });
});
