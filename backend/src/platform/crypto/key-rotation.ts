import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG } from '../config/config.token.js';
import type { Config } from '../config/load-config.js';
import { Transaction } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { Log } from '../logging/log.js';
import { appendNewKey, KeyRing } from './key-ring.js';
import { KeyRingFile } from './key-ring-file.js';
import { type Leftovers, ReEncryption } from './re-encryption.js';
import { type RingKey, RingKeys } from './ring-keys.js';

export interface KeyStatus {
  id: string;
  /** `unknown`: in a list of keys, and nobody has added it yet. */
  state: RingKey['state'] | 'unknown';
  /** How many data keys it wraps. */
  wraps: number;
  /** Is it in the VAULT_KEYS of this machine? */
  here: boolean;
  /** Living processes that do not have it. */
  lackedBy: string[];
}

interface LivingProcess {
  name: string;
  vaultKeys: string[];
}

/**
 * The moves of a rotation, in the order in which they are safe: a key is known to all before it wraps, wraps everything
 * before its predecessor goes. Each move may be repeated, and refuses, with the reason, what the one before it left out.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: Transaction,
    private readonly ring: KeyRing,
    private readonly ringKeys: RingKeys,
    private readonly file: KeyRingFile,
    private readonly reEncryption: ReEncryption,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async status(): Promise<{ keys: KeyStatus[] } & Leftovers> {
    const [known, wraps, living] = [await this.ringKeys.all(), await this.wraps(), await this.living()];
    const ids = new Set([...known.map(({ id }) => id), ...wraps.keys(), ...this.ring.ids]);
    const keys = [...ids].map((id) => ({
      id,
      state: known.find((key) => key.id === id)?.state ?? ('unknown' as const),
      wraps: wraps.get(id) ?? 0,
      here: this.ring.has(id),
      lackedBy: living.filter(({ vaultKeys }) => !vaultKeys.includes(id)).map(({ name }) => name),
    }));
    return { keys, ...(await this.reEncryption.leftovers()) };
  }

  /** Announces the keys of VAULT_KEYS that are new; makes one first when there is none and the keys are in a file. */
  async add(newId: string): Promise<string[]> {
    await this.ringKeys.begin();
    const known = new Map((await this.ringKeys.all()).map((key) => [key.id, key]));
    if (this.ring.ids.every((id) => known.has(id))) await this.makeKey(newId, known.has(newId));
    const added = this.ring.ids.filter((id) => !known.has(id));
    for (const id of added)
      await this.dataSource.query(
        `INSERT INTO vault_ring (id, state, check_value) VALUES ($1, 'added', $2) ON CONFLICT DO NOTHING`,
        [id, this.ring.checkValueOf(id)],
      );
    this.log.info('Keys were added to the ring', { kids: added });
    return added;
  }

  /** From the commit on every process wraps with this key. Refused while a living process could not open what it wraps. */
  async promote(id: string, { dryRun = false } = {}): Promise<'promoted' | 'was-current'> {
    const key = (await this.ringKeys.all()).find((each) => each.id === id);
    if (key?.state === 'current') return 'was-current';
    if (!key) throw refused(`There is no key "${id}". Add it first.`);
    if (key.state === 'retired') throw refused(`The key "${id}" is retired and stays so.`);
    if (!this.ringKeys.holds(id, key.checkValue))
      throw refused(`VAULT_KEYS of this machine does not have the key "${id}", or another key under its name.`);
    await this.refuseWhileLacking(id);
    if (!dryRun)
      await this.dataSource.transaction(async (manager) => {
        // In this order: what wraps at this moment holds the row of the key in use.
        await manager.query(`UPDATE vault_ring SET state = 'former' WHERE state = 'current'`);
        await manager.query(`UPDATE vault_ring SET state = 'current', promoted_at = now() WHERE id = $1`, [id]);
      });
    return 'promoted';
  }

  /** After this no process needs the key any more, and it may leave every VAULT_KEYS. */
  async retire(id: string, { dryRun = false } = {}): Promise<'retired' | 'was-retired'> {
    const { cells } = await this.reEncryption.leftovers();
    if (cells > 0)
      throw refused(
        `${cells} ${cells === 1 ? 'cell is' : 'cells are'} still sealed with earlier data keys. Run re-encrypt.`,
      );
    return this.dataSource.transaction(async (manager) => {
      const [key] = await manager.query<{ state: string }[]>('SELECT state FROM vault_ring WHERE id = $1 FOR UPDATE', [
        id,
      ]);
      if (key?.state === 'retired') return 'was-retired';
      await this.refuseNeeded(manager, id, key?.state);
      if (!dryRun)
        await manager.query(`UPDATE vault_ring SET state = 'retired', retired_at = now() WHERE id = $1`, [id]);
      return 'retired';
    });
  }

  private async refuseNeeded(manager: EntityManager, id: string, state: string | undefined): Promise<void> {
    if (state === undefined) throw refused(`There is no key "${id}".`);
    if (state === 'current') throw refused(`The key "${id}" wraps everything that is new. Promote another one first.`);
    const inUse = await manager.query<{ id: string }[]>('SELECT id FROM vault_ring_keys_in_use() WHERE id = $1', [id]);
    if (inUse.length > 0)
      throw refused(`The key "${id}" still wraps ${(await this.wraps()).get(id)} data keys. Run re-encrypt.`);
  }

  private async makeKey(id: string, taken: boolean): Promise<void> {
    const { vaultKeysFile } = this.config;
    if (taken) throw refused(`There is a key "${id}" already, and an id means one key for ever. Choose another.`);
    if (!vaultKeysFile)
      throw refused(
        'VAULT_KEYS comes from the environment and holds no new key. Put `,id:base64` at its end (32 random bytes: `openssl rand -base64 32`) for every process, restart them one after the other, and run this again.',
      );
    try {
      appendNewKey(vaultKeysFile, id);
    } catch (error) {
      throw refused(
        `The file of VAULT_KEYS cannot be written (${(error as NodeJS.ErrnoException).code}). Add the key where it comes from, and run this again.`,
      );
    }
    await this.file.look();
  }

  private async refuseWhileLacking(id: string): Promise<void> {
    const lacking = (await this.living()).filter(({ vaultKeys }) => !vaultKeys.includes(id));
    if (lacking.length === 0) return;
    const names = lacking.map(({ name }) => `  ${name}`).join('\n');
    throw refused(`These processes do not have the key "${id}" yet, and could not open what it wraps:\n${names}`);
  }

  private async living(): Promise<LivingProcess[]> {
    return this.dataSource.query<LivingProcess[]>(
      `SELECT kind || ' ' || id || ' (' || host || ', pid ' || pid || ')' AS name, vault_keys AS "vaultKeys" FROM processes
       WHERE beat_at > now() - interval '15 seconds' ORDER BY kind, id`,
    );
  }

  private async wraps(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const tenant of await this.reEncryption.tenants()) {
      const rows = await this.transaction.run(tenant, (tx) =>
        tx.query<{ id: string; count: number }>(
          'SELECT wrapped_by AS id, count(*)::int AS count FROM vault_keys WHERE agency_id = $1 GROUP BY 1',
          [tenant],
        ),
      );
      for (const { id, count } of rows) counts.set(id, (counts.get(id) ?? 0) + count);
    }
    return counts;
  }
}

const refused = (why: string) => new AppError('conflict', 'key-rotation-refused', why);
