import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Schedules } from '../../engine/schedules/schedules.js';
import { asTenantId } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { GhlAccounts } from './ghl-accounts.js';

/** Renews connections that nobody uses at the moment, so that none of them grows old unseen. */
@Injectable()
export class RefreshSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly dataSource: DataSource,
    private readonly accounts: GhlAccounts,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.schedules.add({
      name: 'ghl-token-refresh',
      cron: '* * * * *',
      timeZone: 'UTC',
      catchUp: 'one',
      fire: () => this.renewDue(),
    });
  }

  private async renewDue(): Promise<void> {
    const due = await this.dataSource.query<{ agency_id: string; connection_id: string }[]>(
      'SELECT agency_id, connection_id FROM ghl_refresh_due($1)',
      [200],
    );
    for (const { agency_id, connection_id } of due) {
      await this.accounts.renewIfDue(asTenantId(agency_id), connection_id).catch((error) =>
        this.log.warn('A connection is due for renewal and could not be renewed', {
          tenantId: agency_id,
          connectionId: connection_id,
          error,
        }),
      );
    }
  }
}
