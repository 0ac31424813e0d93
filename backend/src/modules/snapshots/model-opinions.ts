import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { SettingsService } from '../settings/index.js';
import type { Opinion } from './weigh-opinion.js';

/** What came of a question: the model's word, or the code of why there is none. */
export type Kept = { opinion: Opinion } | { failure: string };

const keptForDays = 30;

/** Owns snapshot_opinions and model_calls: what a model answered, and how often it was asked on each day. */
@Injectable()
export class ModelOpinions {
  constructor(
    private readonly transaction: Transaction,
    private readonly settings: SettingsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * What is known of these questions, and how many calls a day the agency allows. A question that failed is left alone
   * for as long as a plan lives: a plan and its start must see the same.
   */
  async recall(tenant: TenantId, keys: string[]): Promise<{ kept: Map<string, Kept>; budget: number }> {
    return this.transaction.run(tenant, async (tx) => {
      const rows = await tx.query<{ key: string; choice: string | null; confidence: number; failure: string | null }>(
        `SELECT encode(question, 'hex') AS key, choice, confidence, failure FROM snapshot_opinions
         WHERE agency_id = $1 AND question IN (SELECT decode(k, 'hex') FROM unnest($2::text[]) AS k)
           AND asked_at > now() - CASE WHEN failure IS NULL THEN make_interval(days => $3) ELSE $4 * interval '1 ms' END`,
        [tenant, keys, keptForDays, this.config.PLAN_TTL],
      );
      const { modelBudgetPerDay: budget } = await this.settings.get(tx);
      return { kept: new Map(rows.map((row) => [row.key, keptOf(row)])), budget };
    });
  }

  /** Takes one call from today's budget; false when none is left. One statement: no two processes take the same one. */
  async spend(tenant: TenantId, budget: number): Promise<boolean> {
    const rows = await this.transaction.run(tenant, (tx) =>
      tx.query(
        `INSERT INTO model_calls AS spent (agency_id, day, calls) SELECT $1, (now() AT TIME ZONE 'UTC')::date, 1 WHERE $2 > 0
         ON CONFLICT (agency_id, day) DO UPDATE SET calls = spent.calls + 1 WHERE spent.calls < $2 RETURNING calls`,
        [tenant, budget],
      ),
    );
    return rows.length > 0;
  }

  /** What was asked since midnight of UTC, and how much of it was not answered in a way that could be used. */
  async today(tx: Tx): Promise<{ asked: number; unanswered: number }> {
    const [used] = await tx.query<{ asked: number; unanswered: number }>(
      `SELECT coalesce(sum(calls), 0)::int AS asked, (SELECT count(*)::int FROM snapshot_opinions
         WHERE agency_id = $1 AND failure IS NOT NULL AND asked_at >= date_trunc('day', now(), 'UTC')) AS unanswered
       FROM model_calls WHERE agency_id = $1 AND day = (now() AT TIME ZONE 'UTC')::date`,
      [tx.tenant],
    );
    return used;
  }

  /** Keeps no word of the intake: only a hash of what was asked. What is too old to be used is removed on the way. */
  async keep(tenant: TenantId, key: string, model: string, came: Kept): Promise<void> {
    const { choice, confidence, failure } =
      'failure' in came ? { choice: null, confidence: 0, failure: came.failure } : { ...came.opinion, failure: null };
    await this.transaction.run(tenant, async (tx) => {
      await tx.query(
        `INSERT INTO snapshot_opinions (agency_id, question, model, choice, confidence, failure)
         VALUES ($1, decode($2, 'hex'), $3, $4, $5, $6)
         ON CONFLICT (agency_id, question) DO UPDATE SET choice = excluded.choice, confidence = excluded.confidence,
           failure = excluded.failure, asked_at = now()`,
        [tenant, key, model, choice, confidence, failure],
      );
      await tx.query(
        `DELETE FROM snapshot_opinions WHERE agency_id = $1 AND question IN (
           SELECT question FROM snapshot_opinions WHERE agency_id = $1 AND asked_at < now() - make_interval(days => $2)
           LIMIT 100 FOR UPDATE SKIP LOCKED)`,
        [tenant, keptForDays],
      );
    });
  }
}

const keptOf = (row: { choice: string | null; confidence: number; failure: string | null }): Kept =>
  row.failure === null ? { opinion: { choice: row.choice, confidence: row.confidence } } : { failure: row.failure };
