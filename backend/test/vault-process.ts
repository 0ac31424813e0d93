import { writeFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { Clock } from '../src/platform/clock/clock.js';
import { loadConfig } from '../src/platform/config/index.js';
import { DataKeys } from '../src/platform/crypto/data-keys.js';
import { KeyRingFile } from '../src/platform/crypto/key-ring-file.js';
import { parseKeyRing } from '../src/platform/crypto/key-ring.js';
import { KeyRotation } from '../src/platform/crypto/key-rotation.js';
import { ReEncryption } from '../src/platform/crypto/re-encryption.js';
import { RingKeys } from '../src/platform/crypto/ring-keys.js';
import { SealedColumns } from '../src/platform/crypto/sealed-columns.js';
import { Secret } from '../src/platform/crypto/secret.js';
import { Vault } from '../src/platform/crypto/vault.js';
import { type AuditEntry, AuditTrail, Transaction } from '../src/platform/database/index.js';
import { createLog } from '../src/platform/logging/index.js';

/** Remembers what was recorded. */
class Recorded extends AuditTrail {
  readonly entries: AuditEntry[] = [];
  async record(_tx: unknown, entry: AuditEntry) {
    this.entries.push(entry);
  }
  async recordAlone(_tenant: unknown, entry: AuditEntry) {
    this.entries.push(entry);
  }
}

/** Waits for no straggler: a test has none, but for the one that is about them. */
class HastyClock extends Clock {
  override sleep(ms: number) {
    return super.sleep(Math.min(ms, 300));
  }
}

/** What one process has of the vault: caches of its own, the database of all. */
export function vaultProcess(dataSource: DataSource, keys: string, { keyFile = '', clock = new HastyClock() } = {}) {
  if (keyFile) writeFileSync(keyFile, keys);
  const config = loadConfig(keyFile ? { VAULT_KEYS_FILE: keyFile } : { VAULT_KEYS: keys });
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  const ring = parseKeyRing(new Secret(keys));
  const transaction = new Transaction(dataSource);
  const audit = new Recorded();
  const ringKeys = new RingKeys(dataSource, ring);
  const dataKeys = new DataKeys(transaction, ring, ringKeys);
  const vault = new Vault(dataKeys, audit, log);
  const sealed = new SealedColumns();
  const reEncryption = new ReEncryption(dataSource, transaction, dataKeys, sealed, vault, audit, clock);
  const file = new KeyRingFile(config, ring, log);
  const rotation = new KeyRotation(dataSource, transaction, ring, ringKeys, file, reEncryption, log, config);
  return { vault, dataKeys, ring, ringKeys, rotation, reEncryption, sealed, audit: audit.entries, file, lines };
}
