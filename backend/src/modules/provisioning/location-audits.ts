import { Injectable } from '@nestjs/common';
import { RunsService, type StepContext } from '../../engine/runs/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transaction } from '../../platform/database/index.js';
import { laneOf } from '../ghl-oauth/index.js';
import type { ProvisioningInput } from './provisioning-input.js';
import type { LocationAuditInput } from './location-audit-input.js';
import { locationAuditSaga } from './location-audit.saga.js';

/** Begins the later looks for a second sub-account, once for each sub-account that was made. */
@Injectable()
export class LocationAudits {
  constructor(
    private readonly runs: RunsService,
    private readonly transaction: Transaction,
    private readonly clock: Clock,
  ) {}

  async schedule(ctx: StepContext<ProvisioningInput>, locationId: string): Promise<void> {
    const { connectionId, business } = ctx.input;
    const before = (ctx.noted['before'] ?? []) as string[];
    const input: LocationAuditInput = {
      connectionId,
      locationId,
      business,
      before,
      createdAt: this.clock.now().toISOString(),
    };
    await this.transaction.run(ctx.tenant, async (tx) => {
      const key = `location-audit:${ctx.runId}`;
      if (await this.runs.findByKey(tx, key)) return;
      await this.runs.begin(tx, locationAuditSaga, {
        key,
        input,
        title: `Look for a second ${business.name}`,
        lane: laneOf(connectionId),
        createdBy: 'system',
        queue: 'bulk',
      });
    });
  }
}
