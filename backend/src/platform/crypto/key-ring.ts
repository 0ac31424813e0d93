import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors/index.js';
import { KEY_BYTES } from './cell.js';
import { Secret } from './secret.js';

/**
 * The key-encryption keys of this process, which never touch the database. All of them unwrap; which one wraps is a row
 * in Postgres (`ring-keys.ts`), so that every process uses the same.
 */
export class KeyRing {
  constructor(private keys: ReadonlyMap<string, Buffer>) {}

  get ids(): string[] {
    return [...this.keys.keys()];
  }

  has(id: string): boolean {
    return this.keys.has(id);
  }

  /** Nothing is lost and nothing was done: another process has the key, or this one gets it soon. */
  get(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key)
      throw new AppError(
        'transient',
        'vault-ring-key-missing',
        'This process does not have the key of a stored secret yet. Ask again in a moment.',
        { retryAfterMs: 5_000, cause: new Error(`VAULT_KEYS has no key "${id}".`) },
      );
    return key;
  }

  /** Says whether two keys are the same one, and nothing about either. */
  checkValueOf(id: string): Buffer {
    return createHmac('sha256', this.get(id)).update('switchyard vault key').digest();
  }

  /** The keys of another ring take the place of these. */
  become(other: KeyRing): void {
    this.keys = other.keys;
  }
}

/** Reads `id:base64,id:base64`. A fault names the place in the list, never what stands there. */
export function parseKeyRing(text: Secret): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text
    .reveal()
    .split(',')
    .map((part) => part.trim())
    .entries()) {
    const at = `VAULT_KEYS entry ${index + 1}`;
    const [, id, base64] = /^([\w-]{1,60}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry) ?? [];
    if (!id) throw new Error(`${at} must be id:base64, where the id has letters, digits, - and _ only.`);
    const key = Buffer.from(base64, 'base64');
    if (key.length !== KEY_BYTES) throw new Error(`${at} must hold ${KEY_BYTES} bytes; it holds ${key.length}.`);
    if (keys.has(id)) throw new Error(`${at} repeats an id.`);
    keys.set(id, key);
  }
  return new KeyRing(keys);
}

const newEntry = (id: string) => `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;

/** Where a machine that keeps its own keys has them. */
export const keyFileIn = (dataDir: string) => join(dataDir, 'vault.keys');

/** The text for VAULT_KEYS of a machine that keeps its own keys: made once, readable by its owner only. */
export function loadOrCreateKeyFile(dataDir: string): string {
  const file = keyFileIn(dataDir);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `${newEntry('local-1')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // made by an earlier start: use it
  }
  return readFileSync(file, 'utf8').trim();
}

/** The same as a file that is read again and again. */
export function ownKeyFile(dataDir: string): string {
  loadOrCreateKeyFile(dataDir);
  return keyFileIn(dataDir);
}

/** Puts a new key at the end of a file of keys; whoever reads at that moment sees all of the old one or all of the new. */
export function appendNewKey(file: string, id: string): void {
  const changed = `${file}.new`;
  writeFileSync(changed, `${readFileSync(file, 'utf8').trim()},${newEntry(id)}\n`, {
    mode: statSync(file).mode & 0o777,
    flush: true,
  });
  renameSync(changed, file);
}
