import { Injectable } from '@nestjs/common';
import { type GhlAccess, type GhlCall, GhlPort } from '../../integrations/ghl/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { SealedColumns, Vault } from '../../platform/crypto/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Breakers } from './breakers.js';
import { ConnectionStore } from './connection-store.js';
import type { GhlConnectionEntity } from './ghl-connection.entity.js';
import { needsReconnect, reconnectReason, TokenRefresh } from './token-refresh.js';

/** A token that ends sooner than this is not handed out: the call must still be made with it. */
const marginMs = 90_000;

type CallWith<Answer> = (access: GhlAccess) => Promise<Answer>;

/**
 * Hands out tokens that are good now. A token that HighLevel refuses although it should be good is renewed once and the
 * call made again: a refused token means that nothing was applied.
 */
@Injectable()
export class GhlAccounts {
  private readonly minting = new Map<string, Promise<GhlAccess>>();

  constructor(
    private readonly ghl: GhlPort,
    private readonly store: ConnectionStore,
    private readonly refresh: TokenRefresh,
    private readonly breakers: Breakers,
    private readonly transaction: Transaction,
    private readonly vault: Vault,
    private readonly clock: Clock,
    sealed: SealedColumns,
  ) {
    const key = { connection_id: 'uuid', location_id: 'text' } as const;
    sealed.add({ table: 'ghl_location_tokens', column: 'access_cell', key });
  }

  /** Calls with the agency's own token. */
  async asCompany<Answer>(tenant: TenantId, connectionId: string, call: CallWith<Answer>): Promise<Answer> {
    const connection = await this.usable(tenant, connectionId);
    try {
      return await call(await this.accessOf(tenant, connection));
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      await this.refresh.renew(tenant, connection);
      return this.lastTry(tenant, connectionId, call);
    }
  }

  /** Calls with a token of one sub-account, minted from the agency's in the same lane. */
  async asLocation<Answer>(
    tenant: TenantId,
    connectionId: string,
    locationId: string,
    minting: Pick<GhlCall, 'lane'>,
    call: CallWith<Answer>,
  ): Promise<Answer> {
    try {
      return await call(await this.locationAccess(tenant, connectionId, locationId, minting));
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      await this.transaction.run(tenant, (tx) => this.store.forgetLocations(tx, connectionId, locationId));
      return call(await this.locationAccess(tenant, connectionId, locationId, minting));
    }
  }

  /** Renews when half of the token's life is over, so that a lost answer leaves time to reconnect. */
  async renewIfDue(tenant: TenantId, connectionId: string): Promise<void> {
    await this.usable(tenant, connectionId);
  }

  private async usable(tenant: TenantId, id: string): Promise<GhlConnectionEntity> {
    const connection = await this.transaction.run(tenant, (tx) => this.store.find(tx, id));
    if (connection.status === 'disconnected')
      throw needsReconnect('This HighLevel agency was disconnected. Connect it again.');
    const stillGood = connection.accessExpiresAt.getTime() - this.clock.now().getTime() > marginMs;
    if (connection.status === 'reconnect') {
      if (stillGood) return connection;
      throw needsReconnect(connection.statusReason);
    }
    if (stillGood && connection.refreshDueAt > this.clock.now()) return connection;
    try {
      if (stillGood) await this.refresh.renewUnlessUnderWay(tenant, connection);
      else await this.refresh.renew(tenant, connection);
    } catch (error) {
      // The old token outlives a failed refresh: work goes on with it while somebody mends the connection.
      if (!stillGood) throw error;
      return connection;
    }
    return this.transaction.run(tenant, (tx) => this.store.find(tx, id));
  }

  private async accessOf(tenant: TenantId, connection: GhlConnectionEntity): Promise<GhlAccess> {
    return { ...(await this.store.accessOf(tenant, connection)), breaker: this.breakers.of(tenant, connection.id) };
  }

  private async lastTry<Answer>(tenant: TenantId, id: string, call: CallWith<Answer>): Promise<Answer> {
    const connection = await this.transaction.run(tenant, (tx) => this.store.find(tx, id));
    try {
      return await call(await this.accessOf(tenant, connection));
    } catch (error) {
      if (isRefusedToken(error))
        await this.transaction.run(tenant, (tx) => this.store.setStatus(tx, id, 'reconnect', reconnectReason));
      throw error;
    }
  }

  private async locationAccess(
    tenant: TenantId,
    connectionId: string,
    locationId: string,
    { lane }: Pick<GhlCall, 'lane'>,
  ): Promise<GhlAccess> {
    // A person does not wait for a mint that waits with a thousand jobs.
    const key = `${lane}:${tenant}:${connectionId}:${locationId}`;
    const known = this.minting.get(key);
    if (known) return known;
    const minting = this.storedOrMinted(tenant, connectionId, locationId, lane).finally(() => this.minting.delete(key));
    this.minting.set(key, minting);
    return minting;
  }

  private async storedOrMinted(
    tenant: TenantId,
    connectionId: string,
    locationId: string,
    lane: GhlCall['lane'],
  ): Promise<GhlAccess> {
    const place = { table: 'ghl_location_tokens', column: 'access_cell', row: `${connectionId}/${locationId}` };
    const { connection, stored } = await this.transaction.run(tenant, async (tx) => ({
      connection: await this.store.find(tx, connectionId),
      stored: (
        await tx.query<{ cell: string; expiresAt: Date }>(
          `SELECT access_cell AS cell, access_expires_at AS "expiresAt" FROM ghl_location_tokens
           WHERE agency_id = $1 AND connection_id = $2 AND location_id = $3`,
          [tenant, connectionId, locationId],
        )
      )[0],
    }));
    const { companyId } = connection;
    const breaker = this.breakers.of(tenant, connectionId);
    if (stored && stored.expiresAt.getTime() - this.clock.now().getTime() > marginMs) {
      return {
        token: await this.vault.open(tenant, place, stored.cell),
        holder: 'Location',
        companyId,
        locationId,
        expiresAt: stored.expiresAt,
        breaker,
      };
    }
    const minted = await this.mint(tenant, connection, locationId, lane);
    const cell = await this.vault.seal(tenant, place, minted.accessToken);
    await this.transaction.run(tenant, (tx) =>
      tx.query(
        `INSERT INTO ghl_location_tokens (agency_id, connection_id, location_id, access_cell, access_expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (agency_id, connection_id, location_id) DO UPDATE SET access_cell = excluded.access_cell, access_expires_at = excluded.access_expires_at`,
        [tenant, connectionId, locationId, cell, minted.expiresAt],
      ),
    );
    const { accessToken: token, expiresAt } = minted;
    return { token, holder: 'Location', companyId, locationId, expiresAt, breaker };
  }

  private async mint(tenant: TenantId, connection: GhlConnectionEntity, locationId: string, lane: GhlCall['lane']) {
    try {
      return await this.asCompany(tenant, connection.id, (access) =>
        this.ghl.mintLocationToken(access, locationId, { lane }),
      );
    } catch (error) {
      const missing = error instanceof AppError && error.code === 'ghl-app-not-installed';
      if (!missing || connection.installToFutureLocations === false) throw error;
      // HighLevel installs the app on a new sub-account by itself, seconds after it was made.
      throw new AppError(
        'transient',
        'ghl-app-not-there-yet',
        'HighLevel has not installed the app on this sub-account yet.',
        { retryAfterMs: 3_000, cause: error },
      );
    }
  }
}

const isRefusedToken = (error: unknown) =>
  error instanceof AppError && error.kind === 'auth' && error.code !== 'ghl-reconnect';
