import { Injectable } from '@nestjs/common';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { ChatPort } from '../../integrations/llm/index.js';
import { SettingsService } from '../settings/index.js';
import type { SnapshotQuality } from './feedback.schema.js';
import { ModelOpinions } from './model-opinions.js';
import { calibrationOf, type ConfidenceBin, coverageAccuracyOf, sumOf } from './quality-figures.js';

/** How good the recommendations of an agency were: everything is counted from its feedback. */
@Injectable()
export class QualityService {
  constructor(
    private readonly transaction: Transaction,
    private readonly settings: SettingsService,
    private readonly chat: ChatPort,
    private readonly opinions: ModelOpinions,
  ) {}

  async quality(tenant: TenantId): Promise<SnapshotQuality> {
    return this.transaction.run(tenant, async (tx) => {
      const bins = await this.bins(tx);
      const { recommendationThreshold: threshold, modelBudgetPerDay: budget } = await this.settings.get(tx);
      const { model: name } = this.chat;
      const [decided, accepted] = [sumOf(bins, 'count'), sumOf(bins, 'accepted')];
      return {
        ...{ decided, accepted, overridden: decided - accepted },
        coverageAccuracy: coverageAccuracyOf(bins),
        calibration: calibrationOf(bins),
        overrides: await this.overrides(tx),
        threshold,
        model: name === null ? null : { name, budget, ...(await this.opinions.today(tx)) },
        since: await this.since(tx),
      };
    });
  }

  /** By twentieths of the confidence: fine enough for a curve, and as many rows however much was decided. */
  private bins(tx: Tx): Promise<ConfidenceBin[]> {
    return tx.query<ConfidenceBin>(
      `SELECT least(19, floor(round(confidence::numeric, 3) * 20))::int AS bin, count(*)::int AS count,
         count(*) FILTER (WHERE kind = 'accepted')::int AS accepted, sum(confidence)::float8 AS confidence
       FROM snapshot_feedback WHERE agency_id = $1 GROUP BY 1 ORDER BY 1`,
      [tx.tenant],
    );
  }

  private async overrides(tx: Tx): Promise<SnapshotQuality['overrides']> {
    const weeks = await tx.query<SnapshotQuality['overrides'][number]>(
      `SELECT to_char(date_trunc('week', created_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS week, count(*)::int AS decided,
         count(*) FILTER (WHERE kind = 'overridden')::int AS overridden
       FROM snapshot_feedback WHERE agency_id = $1 GROUP BY 1 ORDER BY 1 DESC LIMIT 104`,
      [tx.tenant],
    );
    return weeks.reverse();
  }

  private async since(tx: Tx): Promise<string | null> {
    const [{ since }] = await tx.query<{ since: Date | null }>(
      'SELECT min(created_at) AS since FROM snapshot_feedback WHERE agency_id = $1',
      [tx.tenant],
    );
    return since?.toISOString() ?? null;
  }
}
