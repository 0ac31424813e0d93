import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors/index.js';
import { KEY_BYTES } from './cell.js';
import { Secret } from './secret.js';

/** The key-encryption keys, which never touch the database. The first one wraps, all of them unwrap. */
export class KeyRing {
  constructor(
    readonly currentId: string,
    private readonly keys: ReadonlyMap<string, Buffer>,
  ) {}

  get(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key)
      throw new AppError(
        'bug',
        'vault-ring-key-missing',
        `VAULT_KEYS has no key "${id}", which the database still needs. Put it back.`,
      );
    return key;
  }
  get ids(): string[] {
    return [...this.keys.keys()];
  }
  has(id: string): boolean {
    return this.keys.has(id);
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
  return new KeyRing([...keys.keys()][0], keys);
}

/** The text for VAULT_KEYS of a machine that keeps its own keys: made once, readable by its owner only. */
export function loadOrCreateKeyFile(dataDir: string): string {
  const file = join(dataDir, 'vault.keys');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `local-1:${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // made by an earlier start: use it
  }
  return readFileSync(file, 'utf8').trim();
}
