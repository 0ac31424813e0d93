import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GhlRateBudget, type GhlRateIncident, spenderOf } from '../../integrations/ghl/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { ConnectionsService } from './connections.service.js';

/** HighLevel answered 429 although calls are counted: rare enough that each is kept and shown. */
@Injectable()
export class RateIncidents implements OnModuleInit {
  constructor(
    private readonly budget: GhlRateBudget,
    private readonly connections: ConnectionsService,
    private readonly transaction: Transaction,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.budget.onIncident((incident) => void this.record(incident));
  }

  async record({ resource, limit, pausedForMs }: GhlRateIncident): Promise<void> {
    this.log.warn('HighLevel refused a call for its rate limit; calls pause, and go on at half the rate', {
      resource,
      limit,
      pausedForMs,
    });
    const { companyId, locationId = null } = spenderOf(resource);
    try {
      for (const { tenant, connectionId } of await this.connections.connectedTo(companyId))
        await this.transaction.run(tenant, (tx) =>
          tx.query(
            `INSERT INTO ghl_rate_incidents (agency_id, id, connection_id, location_id, limit_after, paused_ms)
             VALUES ($1, $2, $3, $4, $5, $6)`,
            [tenant, this.ids.next(), connectionId, locationId, limit, Math.ceil(pausedForMs)],
          ),
        );
    } catch (error) {
      // Whoever made the call has been told; only the record for people is missing.
      this.log.error('An incident of the rate budget could not be stored', { resource, error });
    }
  }

  /** Of the last day. */
  async recent(tenant: TenantId): Promise<{ count: number; lastAt: Date | null }> {
    const [row] = await this.transaction.run(tenant, (tx) =>
      tx.query<{ count: number; last_at: Date | null }>(
        `SELECT count(*)::int AS count, max(at) AS last_at FROM ghl_rate_incidents
         WHERE agency_id = $1 AND at > now() - interval '1 day'`,
        [tenant],
      ),
    );
    return { count: row.count, lastAt: row.last_at };
  }
}
