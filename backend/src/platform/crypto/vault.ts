import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { TenantId } from '../database/index.js';
import { Transaction, type Tx } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { Log } from '../logging/log.js';
import { KEY_BYTES, kidOf, openCell, type Place, sealCell } from './cell.js';
import { KeyRing } from './key-ring.js';
import { Secret } from './secret.js';

/** A promoted key is used by every process after this time at the latest. */
const CURRENT_FOR_MS = 30_000;
const CACHED_KEYS = 10_000;

interface DataKey {
  kid: string;
  key: Buffer;
}

/**
 * Seals secrets before they reach the database. Each agency has its own data keys, kept wrapped in vault_keys;
 * a dump of the database opens nothing without the key ring. Pass the transaction when one is open: the first value of
 * an agency makes its key, and another connection would wait for that.
 */
@Injectable()
export class Vault {
  private readonly keys = new Map<string, Buffer>();
  private readonly current = new Map<TenantId, { kid: string; until: number }>();

  constructor(
    private readonly transaction: Transaction,
    private readonly ring: KeyRing,
    private readonly log: Log,
  ) {}

  async seal(where: Tx | TenantId, place: Place, secret: Secret): Promise<string> {
    const { kid, key } = await this.currentKey(where);
    return sealCell(key, kid, tenantOf(where), place, Buffer.from(secret.reveal(), 'utf8'));
  }

  async open(where: Tx | TenantId, place: Place, cell: string): Promise<Secret> {
    try {
      const key = await this.keyNamed(where, kidOf(cell));
      return new Secret(openCell(key, tenantOf(where), place, cell).toString('utf8'));
    } catch (error) {
      this.log.error('A sealed value could not be opened', {
        tenantId: tenantOf(where),
        table: place.table,
        column: place.column,
        err: error,
      });
      throw error;
    }
  }

  private async currentKey(where: Tx | TenantId): Promise<DataKey> {
    const tenant = tenantOf(where);
    const known = this.current.get(tenant);
    if (known && known.until > performance.now()) return { kid: known.kid, key: await this.keyNamed(where, known.kid) };
    return this.within(where, async (tx) => {
      const stored = (await this.readCurrent(tx)) ?? (await this.addFirst(tx));
      // Not before the commit: a key that was rolled back must not seal anything.
      tx.afterCommit(() => this.remember(tenant, stored));
      return stored;
    });
  }

  private async keyNamed(where: Tx | TenantId, kid: string): Promise<Buffer> {
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

  private async readCurrent(tx: Tx): Promise<DataKey | undefined> {
    const [row] = await tx.query<WrappedKey>(
      `SELECT kid, wrapped FROM vault_keys WHERE agency_id = $1 AND state = 'current'`,
      [tx.tenant],
    );
    return row && { kid: row.kid, key: this.unwrap(tx.tenant, row) };
  }

  /** Two at once: the second waits for the first and then reads its key. */
  private async addFirst(tx: Tx): Promise<DataKey> {
    const kid = `k-${randomBytes(6).toString('hex')}`;
    const wrapped = sealCell(
      this.ring.get(this.ring.currentId),
      this.ring.currentId,
      tx.tenant,
      placeOfKey(kid),
      randomBytes(KEY_BYTES),
    );
    await tx.query(
      `INSERT INTO vault_keys (agency_id, kid, wrapped_by, wrapped, state) VALUES ($1, $2, $3, $4, 'current')
       ON CONFLICT (agency_id) WHERE state = 'current' DO NOTHING`,
      [tx.tenant, kid, this.ring.currentId, wrapped],
    );
    return (await this.readCurrent(tx))!;
  }

  private unwrap(tenant: TenantId, { kid, wrapped }: WrappedKey): Buffer {
    return openCell(this.ring.get(kidOf(wrapped)), tenant, placeOfKey(kid), wrapped);
  }

  private remember(tenant: TenantId, key: DataKey): void {
    this.cache(tenant, key);
    this.current.set(tenant, { kid: key.kid, until: performance.now() + CURRENT_FOR_MS });
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

const tenantOf = (where: Tx | TenantId) => (typeof where === 'string' ? where : where.tenant);
const placeOfKey = (kid: string): Place => ({ table: 'vault_keys', column: 'wrapped', row: kid });
