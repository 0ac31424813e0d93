import { Injectable } from '@nestjs/common';
import type { GhlAccess, GhlGrant } from '../../integrations/ghl/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { SealedColumns, Vault } from '../../platform/crypto/index.js';
import type { TenantId, Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { GhlConnectionEntity } from './ghl-connection.entity.js';

const place = (column: 'access_cell' | 'refresh_cell', row: string) => ({ table: 'ghl_connections', column, row });

/** Half of an access token's life: a lost answer to a refresh then leaves hours for a person to reconnect. */
const refreshDue = (grant: GhlGrant, now: Date) =>
  new Date(now.getTime() + (grant.expiresAt.getTime() - now.getTime()) / 2);

/** Reads and writes connections; the only code that sees their sealed tokens. */
@Injectable()
export class ConnectionStore {
  constructor(
    private readonly vault: Vault,
    private readonly ids: Ids,
    sealed: SealedColumns,
  ) {
    const connections = { table: 'ghl_connections', key: { id: 'uuid' } } as const;
    sealed.add(
      { ...connections, column: 'access_cell' },
      { ...connections, column: 'refresh_cell' },
      { ...connections, column: 'previous_refresh_cell', sealedAs: 'refresh_cell' },
    );
  }

  async find(tx: Tx, id: string): Promise<GhlConnectionEntity> {
    const found = await tx.manager.findOneBy(GhlConnectionEntity, { agencyId: tx.tenant, id });
    if (!found) throw notFound('connection');
    return found;
  }

  all(tx: Tx): Promise<GhlConnectionEntity[]> {
    return tx.manager.find(GhlConnectionEntity, { where: { agencyId: tx.tenant }, order: { connectedAt: 'ASC' } });
  }

  async accessOf(tenant: TenantId, connection: GhlConnectionEntity): Promise<GhlAccess> {
    return {
      token: await this.vault.open(tenant, place('access_cell', connection.id), connection.accessCell),
      holder: connection.holder,
      companyId: connection.companyId,
      ...(connection.locationId ? { locationId: connection.locationId } : {}),
      expiresAt: connection.accessExpiresAt,
    };
  }

  refreshTokenOf(tenant: TenantId, connection: GhlConnectionEntity) {
    return this.vault.open(tenant, place('refresh_cell', connection.id), connection.refreshCell);
  }

  /** A first connection, or a renewed one of the same HighLevel agency. A refresh that is under way elsewhere loses its claim. */
  async connect(tx: Tx, grant: GhlGrant, by: string, now: Date): Promise<string> {
    const [known] = await tx.query<{ id: string }>(
      'SELECT id FROM ghl_connections WHERE agency_id = $1 AND company_id = $2 FOR UPDATE',
      [tx.tenant, grant.companyId],
    );
    const id = known?.id ?? this.ids.next();
    const cells = await this.sealed(tx, id, grant);
    await tx.query(
      `INSERT INTO ghl_connections (agency_id, id, company_id, company_name, holder, location_id, status, scopes, install_to_future_locations,
         access_cell, refresh_cell, access_expires_at, refresh_due_at, connected_by)
       VALUES ($1, $2, $3, $3, $4, $5, 'active', $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (agency_id, id) DO UPDATE SET holder = excluded.holder, location_id = excluded.location_id, status = 'active', status_reason = NULL,
         scopes = excluded.scopes, install_to_future_locations = excluded.install_to_future_locations, access_cell = excluded.access_cell,
         previous_refresh_cell = NULL, refresh_cell = excluded.refresh_cell, access_expires_at = excluded.access_expires_at,
         refresh_due_at = excluded.refresh_due_at, generation = ghl_connections.generation + 1, refresh_owner = NULL, refresh_until = NULL,
         connected_by = excluded.connected_by, connected_at = now(), updated_at = now()`,
      [
        ...[
          tx.tenant,
          id,
          grant.companyId,
          grant.holder,
          grant.locationId ?? null,
          grant.scopes,
          grant.installToFutureLocations ?? null,
        ],
        ...[cells.access, cells.refresh, grant.expiresAt, refreshDue(grant, now), by],
      ],
    );
    await this.forgetLocations(tx, id);
    return id;
  }

  /** False when somebody else has renewed, replaced or ended the grant since this generation: then nothing is written. */
  async renewed(tx: Tx, id: string, generation: string, grant: GhlGrant, now: Date): Promise<boolean> {
    const cells = await this.sealed(tx, id, grant);
    const written = await tx.query(
      `UPDATE ghl_connections SET access_cell = $4, previous_refresh_cell = refresh_cell, refresh_cell = $5, access_expires_at = $6,
         refresh_due_at = $7, generation = generation + 1, refresh_owner = NULL, refresh_until = NULL, status = 'active', status_reason = NULL,
         updated_at = now()
       WHERE agency_id = $1 AND id = $2 AND generation = $3 RETURNING id`,
      [tx.tenant, id, generation, cells.access, cells.refresh, grant.expiresAt, refreshDue(grant, now)],
    );
    return written.length > 0;
  }

  async setStatus(tx: Tx, id: string, status: GhlConnectionEntity['status'], reason: string): Promise<void> {
    await tx.query(
      'UPDATE ghl_connections SET status = $3, status_reason = $4, updated_at = now() WHERE agency_id = $1 AND id = $2',
      [tx.tenant, id, status, reason],
    );
  }

  /** Somebody ended the installation: no token is used any more, and a refresh that is under way writes nothing. */
  async end(tx: Tx, id: string, status: 'reconnect' | 'disconnected', reason: string): Promise<void> {
    await this.setStatus(tx, id, status, reason);
    await tx.query(
      `UPDATE ghl_connections SET access_expires_at = now(), generation = generation + 1, refresh_owner = NULL, refresh_until = NULL
       WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id],
    );
    await this.forgetLocations(tx, id);
  }

  /** Without a sub-account: all of the connection. */
  async forgetLocations(tx: Tx, id: string, locationId?: string): Promise<void> {
    await tx.query(
      `DELETE FROM ghl_location_tokens WHERE agency_id = $1 AND connection_id = $2 AND location_id = coalesce($3, location_id)`,
      [tx.tenant, id, locationId ?? null],
    );
  }

  private async sealed(tx: Tx, id: string, grant: GhlGrant): Promise<{ access: string; refresh: string }> {
    return {
      access: await this.vault.seal(tx, place('access_cell', id), grant.accessToken),
      refresh: await this.vault.seal(tx, place('refresh_cell', id), grant.refreshToken),
    };
  }
}
