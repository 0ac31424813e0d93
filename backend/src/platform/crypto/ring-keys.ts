import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Tx } from '../database/index.js';
import { KeyRing } from './key-ring.js';
import { sameBytes } from './tokens.js';

export interface RingKey {
  id: string;
  state: 'added' | 'current' | 'former' | 'retired';
  checkValue: Buffer;
}

/** What Postgres knows of the key-encryption keys: which one wraps, and how to tell whether this process has the same. */
@Injectable()
export class RingKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
  ) {}

  async all(): Promise<RingKey[]> {
    return this.dataSource.query<RingKey[]>(
      'SELECT id, state, check_value AS "checkValue" FROM vault_ring ORDER BY added_at, id',
    );
  }

  /**
   * The key that wraps, and stays the one until this transaction has ended: promoting waits for the lock. So nothing is
   * wrapped by a key that has been succeeded.
   */
  async currentFor(tx: Tx): Promise<string> {
    const read = async () =>
      (await tx.query<{ id: string }>(`SELECT id FROM vault_ring WHERE state = 'current' FOR SHARE`))[0]?.id;
    const known = await read();
    if (known) return known;
    await this.begin(tx);
    return (await read())!;
  }

  /** The first process of an installation says which key wraps: the first of its list. Later ones change nothing. */
  async begin(
    within: { query(sql: string, parameters: unknown[]): Promise<unknown> } = this.dataSource,
  ): Promise<void> {
    const [first] = this.ring.ids;
    await within.query(
      `INSERT INTO vault_ring (id, state, check_value, promoted_at) SELECT $1, 'current', $2, now()
       WHERE NOT EXISTS (SELECT 1 FROM vault_ring) ON CONFLICT DO NOTHING`,
      [first, this.ring.checkValueOf(first)],
    );
  }

  /** Ids of the keys that stored secrets, or those to come, need and that this process does not have. */
  async missing(): Promise<string[]> {
    const needed = await this.dataSource.query<{ id: string; checkValue: Buffer | null }[]>(
      `SELECT n.id, r.check_value AS "checkValue"
       FROM (SELECT id FROM vault_ring_keys_in_use() UNION SELECT id FROM vault_ring WHERE state = 'current') n
       LEFT JOIN vault_ring r ON r.id = n.id ORDER BY n.id`,
    );
    return needed.filter(({ id, checkValue }) => !this.holds(id, checkValue)).map(({ id }) => id);
  }

  /** Ids of the keys that this process has. */
  async held(): Promise<string[]> {
    const known = new Map((await this.all()).map((key) => [key.id, key.checkValue]));
    return this.ring.ids.filter((id) => this.holds(id, known.get(id) ?? null));
  }

  /** Another key under the same id is not that key. */
  holds(id: string, checkValue: Buffer | null): boolean {
    return this.ring.has(id) && (checkValue === null || sameBytes(this.ring.checkValueOf(id), checkValue));
  }
}
