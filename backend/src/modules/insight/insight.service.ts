import { Injectable } from '@nestjs/common';
import { RunViews } from '../../engine/runs/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { ConnectionsService, RateIncidents } from '../ghl-oauth/index.js';
import type { Dashboard, DashboardQuery } from './insight.schema.js';
import { RunFigures } from './run-figures.js';

const SHOWN = 8;

@Injectable()
export class InsightService {
  constructor(
    private readonly transaction: Transaction,
    private readonly figures: RunFigures,
    private readonly runs: RunViews,
    private readonly connections: ConnectionsService,
    private readonly incidents: RateIncidents,
  ) {}

  async dashboard(tenant: TenantId, { days }: DashboardQuery): Promise<Dashboard> {
    const figures = await this.transaction.run(tenant, async (tx) => ({
      cards: await this.figures.cards(tx, days),
      byState: await this.figures.byState(tx),
      overTime: await this.figures.overTime(tx, days),
    }));
    const attention = await this.runs.list(tenant, { limit: SHOWN, attention: true });
    const recent = await this.runs.list(tenant, { limit: SHOWN });
    return { ...figures, connection: await this.connection(tenant), attention: attention.items, recent: recent.items };
  }

  /** The connection that needs a person most: one that works says so only when none is broken. */
  private async connection(tenant: TenantId): Promise<Dashboard['connection']> {
    const { providers, items } = await this.connections.list(tenant);
    const shown = (['reconnect', 'active', 'disconnected'] as const).flatMap((status) =>
      items.filter((item) => item.status === status),
    )[0];
    const { count, lastAt } = await this.incidents.recent(tenant);
    return {
      status: shown?.status ?? 'none',
      companyName: shown?.companyName ?? null,
      mode: providers[0].mode,
      rateIncidents: { count, lastAt: lastAt?.toISOString() ?? null },
    };
  }
}
