import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateKeyFile, parseKeyRing } from './key-ring.js';
import { Secret } from './secret.js';

const aKey = () => randomBytes(32).toString('base64');

it('wraps with the first key and knows all of them', () => {
  const ring = parseKeyRing(new Secret(`new:${aKey()}, old:${aKey()}`));
  expect(ring.currentId).toBe('new');
  expect(ring.get('old')).toHaveLength(32);
  expect(() => ring.get('gone')).toThrow(expect.objectContaining({ code: 'vault-ring-key-missing' }));
});

it.each([
  ['no id', `${aKey()}`, 'entry 1 must be id:base64'],
  ['an empty list', '', 'entry 1 must be id:base64'],
  ['a short key', `a:${aKey()},b:c2hvcnQ=`, 'entry 2 must hold 32 bytes; it holds 5'],
  ['a repeated id', `a:${aKey()},a:${aKey()}`, 'entry 2 repeats an id'],
])('refuses %s and does not quote it', (_what, text, message) => {
  const parse = () => parseKeyRing(new Secret(text));
  expect(parse).toThrow(message);
  expect(parse).not.toThrow(text || 'never');
});

it('keeps a file of its own that only its owner can read', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
  try {
    const made = loadOrCreateKeyFile(dataDir);
    expect(loadOrCreateKeyFile(dataDir)).toBe(made);
    expect(parseKeyRing(new Secret(made)).currentId).toBe('local-1');
    expect(statSync(join(dataDir, 'vault.keys')).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
