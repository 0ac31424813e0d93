import { Inject, Injectable } from '@nestjs/common';
import { GhlPort, type GhlGrant } from '../../integrations/ghl/index.js';
import { Clock, Ids } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { UNREADABLE } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Log } from '../../platform/logging/index.js';
import { Outbox } from '../../engine/events/outbox.js';
import { Breakers } from './breakers.js';
import { ConnectionStore } from './connection-store.js';
import type { GhlConnectionEntity } from './ghl-connection.entity.js';

const lookAgainMs = 40;
const savesAtMost = 6;
const pauseAfterFailureMs = 60_000;

/** The connection as its user saw it: is it still the same grant? */
export type SeenGrant = Pick<GhlConnectionEntity, 'id' | 'generation'>;

/**
 * Renews a connection's tokens, once however many ask. HighLevel's refresh token is good for one use and can not be asked
 * for again, so one process claims the refresh by a lease row (a lock would pin a database connection over the call), and
 * the answer is written before anybody uses it.
 */
@Injectable()
export class TokenRefresh {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly owner: string;

  constructor(
    private readonly ghl: GhlPort,
    private readonly store: ConnectionStore,
    private readonly breakers: Breakers,
    private readonly transaction: Transaction,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
    ids: Ids,
  ) {
    this.owner = ids.next();
  }

  /** Resolves when the grant is newer than `seen`, by our own call or by somebody else's. Throws when it could not be renewed. */
  renew(tenant: TenantId, seen: SeenGrant): Promise<void> {
    return this.underWay.get(keyOf(tenant, seen)) ?? this.begin(tenant, seen, () => this.claimAndRefresh(tenant, seen));
  }

  /** For somebody whose token is still good: renews when nobody is at it, and never waits for another, who may be dead. */
  async renewUnlessUnderWay(tenant: TenantId, seen: SeenGrant): Promise<void> {
    if (this.underWay.has(keyOf(tenant, seen))) return;
    const claimed = await this.claim(tenant, seen);
    if (claimed) await this.begin(tenant, seen, () => this.refresh(tenant, claimed));
  }

  private begin(tenant: TenantId, seen: SeenGrant, act: () => Promise<void>): Promise<void> {
    const key = keyOf(tenant, seen);
    const renewing = act().finally(() => this.underWay.delete(key));
    this.underWay.set(key, renewing);
    return renewing;
  }

  private async claimAndRefresh(tenant: TenantId, seen: SeenGrant): Promise<void> {
    const until = this.clock.monotonic() + this.leaseMs + 1_000;
    for (;;) {
      const claimed = await this.claim(tenant, seen);
      if (claimed) return this.refresh(tenant, claimed);
      const now = await this.transaction.run(tenant, (tx) => this.store.find(tx, seen.id));
      if (now.status !== 'active') throw needsReconnect(now.statusReason);
      if (now.generation !== seen.generation) return;
      // Whoever was at it has just failed: asking at once again would only repeat that.
      if (now.refreshOwner === null || this.clock.monotonic() > until) throw notRenewed('ghl-refresh-elsewhere');
      await this.clock.sleep(lookAgainMs);
    }
  }

  private get leaseMs(): number {
    return Math.max(45_000, this.config.CALL_DEADLINE_MS + 15_000);
  }

  private claim(tenant: TenantId, { id, generation }: SeenGrant): Promise<GhlConnectionEntity | undefined> {
    return this.transaction.run(tenant, async (tx) => {
      const claimed = await tx.query(
        `UPDATE ghl_connections SET refresh_owner = $4, refresh_until = clock_timestamp() + $5 * interval '1 ms'
         WHERE agency_id = $1 AND id = $2 AND generation = $3 AND status = 'active' AND (refresh_until IS NULL OR refresh_until < clock_timestamp())
         RETURNING id`,
        [tenant, id, generation, this.owner, this.leaseMs],
      );
      return claimed.length > 0 ? this.store.find(tx, id) : undefined;
    });
  }

  private async refresh(tenant: TenantId, connection: GhlConnectionEntity): Promise<void> {
    let grant: GhlGrant;
    try {
      grant = await this.ghl.refreshGrant(await this.store.refreshTokenOf(tenant, connection), connection.holder, {
        breaker: this.breakers.of(tenant, connection.id),
      });
      refuseForeign(connection, grant);
    } catch (error) {
      return this.couldNotRefresh(tenant, connection, error);
    }
    await this.keep(tenant, connection, grant);
  }

  /** The only copy of the new chain is in our hands: a database that is away for a moment must not lose it. */
  private async keep(tenant: TenantId, connection: GhlConnectionEntity, grant: GhlGrant): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const kept = await this.transaction.run(tenant, async (tx) => {
          const written = await this.store.renewed(tx, connection.id, connection.generation, grant, this.clock.now());
          if (written)
            await this.audit.record(tx, {
              actor: 'system',
              action: 'connections.refresh',
              object: `ghl-connection:${connection.id}`,
            });
          return written;
        });
        this.log.info(kept ? 'A HighLevel connection was renewed' : 'A renewed grant was replaced meanwhile', {
          tenantId: tenant,
          connectionId: connection.id,
        });
        return;
      } catch (error) {
        if (attempt === savesAtMost) throw error;
        this.log.warn('A renewed grant could not be stored yet', {
          tenantId: tenant,
          connectionId: connection.id,
          attempt,
          error,
        });
        await this.clock.sleep(200 * 2 ** attempt);
      }
    }
  }

  private async couldNotRefresh(tenant: TenantId, connection: GhlConnectionEntity, error: unknown): Promise<void> {
    const failure =
      error instanceof AppError
        ? error
        : new AppError('unknown-outcome', 'ghl-refresh-failed', 'The refresh ended unforeseen.', { cause: error });
    const reason = reasonToReconnect(failure);
    this.log.error('A HighLevel connection could not be renewed', {
      tenantId: tenant,
      connectionId: connection.id,
      code: failure.code,
    });
    const replaced = await this.transaction.run(tenant, async (tx) => {
      const now = await this.store.find(tx, connection.id);
      if (now.generation !== connection.generation) {
        if (now.status !== 'active') throw needsReconnect(now.statusReason);
        return true;
      }
      await this.release(tx, connection);
      if (!reason) return false;
      await this.store.setStatus(tx, connection.id, 'reconnect', reason);
      await this.audit.record(tx, {
        actor: 'system',
        action: 'connections.refresh',
        object: `ghl-connection:${connection.id}`,
        outcome: 'failed',
        data: { code: failure.code },
      });
      await this.outbox.tell(tx, { type: 'ghl.connection-lost', payload: { connectionId: connection.id } });
      return false;
    });
    if (replaced) return;
    throw reason ? needsReconnect(reason) : notRenewed(failure.code, failure);
  }

  /** While the old token is good, work goes on with it; the next try comes a little later. */
  private async release(tx: Tx, { id, generation }: SeenGrant): Promise<void> {
    await tx.query(
      `UPDATE ghl_connections SET refresh_owner = NULL, refresh_until = NULL, refresh_due_at = now() + $5 * interval '1 ms'
       WHERE agency_id = $1 AND id = $2 AND generation = $3 AND refresh_owner = $4`,
      [tx.tenant, id, generation, this.owner, pauseAfterFailureMs],
    );
  }
}

const keyOf = (tenant: TenantId, { id, generation }: SeenGrant) => `${tenant}:${id}:${generation}`;

/** A grant of another agency must not take the place of this one's. */
function refuseForeign({ companyId }: GhlConnectionEntity, grant: GhlGrant): void {
  if (grant.companyId === companyId) return;
  throw new AppError('unknown-outcome', 'ghl-foreign-grant', 'HighLevel answered with the tokens of another agency.');
}

/** Nothing but a new consent brings these back. */
function reasonToReconnect({ kind, code }: AppError): string | undefined {
  if (kind === 'auth') return reconnectReason;
  return code === UNREADABLE ? unreadableReason : undefined;
}

const notRenewed = (code: string, cause?: AppError) =>
  new AppError('transient', code, 'The HighLevel connection could not be renewed just now.', {
    retryAfterMs: cause?.retryAfterMs ?? 5_000,
    crowd: cause?.crowd,
    cause,
  });

export const reconnectReason =
  'HighLevel no longer accepts the refresh token. Connect the agency again; nothing else is lost.';

const unreadableReason =
  'The stored tokens were changed outside of Switchyard and cannot be opened. HighLevel has not ended the connection; connect the agency again to replace them.';

export const needsReconnect = (reason: string | null) =>
  new AppError(
    'auth',
    'ghl-reconnect',
    reason ?? 'The HighLevel connection must be renewed. Open Connect and press Reconnect.',
  );
