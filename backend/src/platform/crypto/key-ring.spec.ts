import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendNewKey, keyFileIn, loadOrCreateKeyFile, parseKeyRing } from './key-ring.js';
import { Secret } from './secret.js';

const aKey = () => randomBytes(32).toString('base64');

it('knows all of its keys, in order, and says what it lacks without saying it to everybody', () => {
  const ring = parseKeyRing(new Secret(`new:${aKey()}, old:${aKey()}`));
  expect(ring.ids).toEqual(['new', 'old']);
  expect(ring.get('old')).toHaveLength(32);
  expect(() => ring.get('gone')).toThrow(
    expect.objectContaining({
      kind: 'transient',
      code: 'vault-ring-key-missing',
      detail: expect.not.stringMatching('gone'),
    }),
  );
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

it('tells the same key from another one of the same name, without telling either', () => {
  const text = new Secret(`a:${aKey()}`);
  const value = parseKeyRing(text).checkValueOf('a');
  expect(parseKeyRing(text).checkValueOf('a')).toEqual(value);
  expect(parseKeyRing(new Secret(`a:${aKey()}`)).checkValueOf('a')).not.toEqual(value);
  expect(text.reveal()).not.toContain(value.toString('base64'));
});

it('keeps a file of its own that only its owner can read', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
  try {
    const made = loadOrCreateKeyFile(dataDir);
    expect(loadOrCreateKeyFile(dataDir)).toBe(made);
    expect(parseKeyRing(new Secret(made)).ids).toEqual(['local-1']);
    appendNewKey(keyFileIn(dataDir), 'local-2');
    const longer = readFileSync(keyFileIn(dataDir), 'utf8').trim();
    expect(longer.startsWith(`${made},local-2:`)).toBe(true);
    expect(parseKeyRing(new Secret(longer)).ids).toEqual(['local-1', 'local-2']);
    expect(statSync(keyFileIn(dataDir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['vault.keys']);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
