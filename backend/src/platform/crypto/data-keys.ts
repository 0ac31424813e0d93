import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { KEY_BYTES, kidOf, openCell, type Place, sealCell } from './cell.js';
import { KeyRing } from './key-ring.js';
import { RingKeys } from './ring-keys.js';

/** A renewed data key is used by every process after this time at the latest. */
export const CURRENT_FOR_MS = 5_000;
const CACHED_KEYS = 10_000;

export interface DataKey {
  kid: string;
  key: Buffer;
}

/**
 * The data keys of each agency, wrapped in vault_keys by a key-encryption key. One of them seals; the earlier ones stay,
 * so that a cell which was written late can be opened.
 */
@Injectable()
export class DataKeys {
  private readonly keys = new Map<string, Buffer>();
  private readonly sealing = new Map<TenantId, { kid: string; until: number }>();

  constructor(
    private readonly transaction: Transaction,
    private readonly ring: KeyRing,
    private readonly ringKeys: RingKeys,
  ) {}

  /** The key that seals. Pass the transaction when one is open: the first value of an agency makes its key. */
  async current(where: Tx | TenantId): Promise<DataKey> {
    const tenant = tenantOf(where);
    const known = this.sealing.get(tenant);
    if (known && known.until > performance.now()) return { kid: known.kid, key: await this.named(where, known.kid) };
    return this.within(where, async (tx) => {
      const stored = (await this.readCurrent(tx)) ?? (await this.add(tx));
      // Not before the commit: a key that was rolled back must not seal anything.
      tx.afterCommit(() => this.remember(tenant, stored));
      return stored;
    });
  }

  async named(where: Tx | TenantId, kid: string): Promise<Buffer> {
    const tenant = tenantOf(where);
    const cached = this.keys.get(`${tenant}|${kid}`);
    if (cached) return cached;
    return this.within(where, async (tx) => {
      const [row] = await tx.query<WrappedKey>(
        'SELECT kid, wrapped FROM vault_keys WHERE agency_id = $1 AND kid = $2',
        [tenant, kid],
      );
      if (!row)
        throw new AppError(
          'bug',
          'vault-key-unknown',
          `A value was sealed with the key "${kid}", which this agency does not have.`,
        );
      const key = this.unwrap(tenant, row);
      tx.afterCommit(() => this.cache(tenant, { kid, key }));
      return key;
    });
  }

  /** A new key takes over from one that an earlier key-encryption key wraps; false when there is none such. */
  async renew(tx: Tx): Promise<boolean> {
    const wrapper = await this.ringKeys.currentFor(tx);
    const succeeded = await tx.query(
      `UPDATE vault_keys SET state = 'retired' WHERE agency_id = $1 AND state = 'current' AND wrapped_by <> $2 RETURNING kid`,
      [tx.tenant, wrapper],
    );
    if (succeeded.length === 0) return false;
    const stored = await this.add(tx);
    tx.afterCommit(() => this.remember(tx.tenant, stored));
    return true;
  }

  /** The earlier data keys, each under the key-encryption key of today. Returns how many were wrapped anew. */
  async rewrap(tx: Tx): Promise<number> {
    const wrapper = await this.ringKeys.currentFor(tx);
    const rows = await tx.query<WrappedKey>(
      'SELECT kid, wrapped FROM vault_keys WHERE agency_id = $1 AND wrapped_by <> $2 ORDER BY kid FOR UPDATE',
      [tx.tenant, wrapper],
    );
    for (const row of rows) {
      const wrapped = this.wrap(tx.tenant, wrapper, { kid: row.kid, key: this.unwrap(tx.tenant, row) });
      await tx.query('UPDATE vault_keys SET wrapped_by = $3, wrapped = $4 WHERE agency_id = $1 AND kid = $2', [
        ...[tx.tenant, row.kid, wrapper, wrapped],
      ]);
    }
    return rows.length;
  }

  private async readCurrent(tx: Tx): Promise<DataKey | undefined> {
    const [row] = await tx.query<WrappedKey>(
      `SELECT kid, wrapped FROM vault_keys WHERE agency_id = $1 AND state = 'current'`,
      [tx.tenant],
    );
    return row && { kid: row.kid, key: this.unwrap(tx.tenant, row) };
  }

  /** Two at once: the second waits for the first and then reads its key. */
  private async add(tx: Tx): Promise<DataKey> {
    const kid = `k-${randomBytes(6).toString('hex')}`;
    const wrapper = await this.ringKeys.currentFor(tx);
    await tx.query(
      `INSERT INTO vault_keys (agency_id, kid, wrapped_by, wrapped, state) VALUES ($1, $2, $3, $4, 'current')
       ON CONFLICT (agency_id) WHERE state = 'current' DO NOTHING`,
      [tx.tenant, kid, wrapper, this.wrap(tx.tenant, wrapper, { kid, key: randomBytes(KEY_BYTES) })],
    );
    return (await this.readCurrent(tx))!;
  }

  private wrap(tenant: TenantId, wrapper: string, { kid, key }: DataKey): string {
    return sealCell(this.ring.get(wrapper), wrapper, tenant, placeOfKey(kid), key);
  }

  private unwrap(tenant: TenantId, { kid, wrapped }: WrappedKey): Buffer {
    return openCell(this.ring.get(kidOf(wrapped)), tenant, placeOfKey(kid), wrapped);
  }

  private remember(tenant: TenantId, key: DataKey): void {
    this.cache(tenant, key);
    this.sealing.set(tenant, { kid: key.kid, until: performance.now() + CURRENT_FOR_MS });
  }

  private cache(tenant: TenantId, { kid, key }: DataKey): void {
    if (this.keys.size >= CACHED_KEYS) this.keys.clear();
    this.keys.set(`${tenant}|${kid}`, key);
  }

  private within<Result>(where: Tx | TenantId, act: (tx: Tx) => Promise<Result>): Promise<Result> {
    return typeof where === 'string' ? this.transaction.run(where, act) : act(where);
  }
}

interface WrappedKey {
  kid: string;
  wrapped: string;
}

export const tenantOf = (where: Tx | TenantId) => (typeof where === 'string' ? where : where.tenant);
const placeOfKey = (kid: string): Place => ({ table: 'vault_keys', column: 'wrapped', row: kid });
