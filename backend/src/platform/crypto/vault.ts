import { Injectable } from '@nestjs/common';
import { AuditTrail, type TenantId, type Tx } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { Log } from '../logging/log.js';
import { kidOf, openCell, type Place, sealCell } from './cell.js';
import { DataKeys, tenantOf } from './data-keys.js';
import { Secret } from './secret.js';

/** The code of a stored secret that nothing can open any more; what it protects must be entered anew. */
export const UNREADABLE = 'stored-secret-unreadable';

/**
 * Seals secrets before they reach the database. Each agency has its own data keys, kept wrapped in vault_keys;
 * a dump of the database opens nothing without the key ring. Pass the transaction when one is open: the first value of
 * an agency makes its key, and another connection would wait for that.
 */
@Injectable()
export class Vault {
  constructor(
    private readonly dataKeys: DataKeys,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {}

  async seal(where: Tx | TenantId, place: Place, secret: Secret): Promise<string> {
    const { kid, key } = await this.dataKeys.current(where);
    return sealCell(key, kid, tenantOf(where), place, Buffer.from(secret.reveal(), 'utf8'));
  }

  /** Throws the same for whatever was done to a cell, so that the answer is no oracle; what it was is logged. */
  async open(where: Tx | TenantId, place: Place, cell: string): Promise<Secret> {
    try {
      const key = await this.dataKeys.named(where, kidOf(cell));
      return new Secret(openCell(key, tenantOf(where), place, cell).toString('utf8'));
    } catch (error) {
      this.log.error('A sealed value could not be opened', {
        tenantId: tenantOf(where),
        table: place.table,
        column: place.column,
        err: error,
      });
      if (!(error instanceof AppError) || error.kind !== 'bug') throw error;
      this.noteUnreadable(tenantOf(where), place, error);
      throw new AppError(
        'conflict',
        UNREADABLE,
        'A stored secret was changed outside of Switchyard, or came from another installation. It is not used. Enter it anew: for HighLevel, Connect → Reconnect.',
        { cause: error },
      );
    }
  }

  /** Not awaited: the caller's transaction may hold the head of the trail, and gives it back when it fails. */
  private noteUnreadable(tenant: TenantId, { table, column, row }: Place, { code }: AppError): void {
    const entry = { actor: 'system', action: 'vault.open', object: `${table}:${row}`, data: { column, code } };
    this.audit
      .recordAlone(tenant, { ...entry, outcome: 'failed' })
      .catch((error: unknown) => this.log.warn('An unreadable secret could not be recorded', { err: error }));
  }
}
