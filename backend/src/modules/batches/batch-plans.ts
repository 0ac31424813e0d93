import { Inject, Injectable } from '@nestjs/common';
import { GhlPort } from '../../integrations/ghl/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { countLoadCalls } from '../provisioning/index.js';
import type { BatchEntity, KeptPlan } from './batch.entity.js';
import type { BatchPlan } from './batches.schema.js';
import type { BatchWorkInput } from './work-input.js';

const plansKept = 10;
const typicalCallMs = 300;

/** What starting a batch would do, in numbers, under one hash. */
@Injectable()
export class BatchPlans {
  constructor(
    private readonly ghl: GhlPort,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Every row was judged: the batch can be reviewed. */
  async finishCheck(tx: Tx, { batchId, revision }: BatchWorkInput, readAt: Date, locations: number): Promise<void> {
    const [checked] = await tx.query<{ id: string }>(
      `UPDATE batches SET phase = 'ready', checked_at = now(), locations_read_at = $4, locations_seen = $5, updated_at = now()
       WHERE agency_id = $1 AND id = $2 AND revision = $3 AND phase = 'checking' RETURNING id`,
      [tx.tenant, batchId, revision, readAt, locations],
    );
    if (checked) await this.make(tx, batchId);
  }

  /** The plan of the rows as they are now. */
  async make(tx: Tx, id: string): Promise<KeptPlan> {
    const pollMs = this.config.SNAPSHOT_POLL_MS;
    const [totals] = await tx.query<Totals>(totalsSql, [tx.tenant, id, typicalCallMs, pollMs]);
    const snapshots = await tx.query<BatchPlan['snapshots'][number]>(snapshotsSql, [tx.tenant, id]);
    const now = this.clock.now();
    const loads = await tx.query<{ rows: number; longestMs: number }>(loadsSql, [tx.tenant, id, pollMs]);
    const { planHash, create, adopt, problems, excluded, company, location, longestRowMs } = totals;
    const polls = loads.reduce((sum, { rows, longestMs }) => sum + countLoadCalls(rows, longestMs, company, pollMs), 0);
    const plan: KeptPlan = {
      ...{ planHash, create, adopt, problems, excluded, calls: { company, location, polls }, snapshots, longestRowMs },
      madeAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + this.config.PLAN_TTL).toISOString(),
    };
    await tx.query(
      `UPDATE batches SET plan_hash = $3, updated_at = now(), plans = (
         SELECT jsonb_agg(p.plan ORDER BY p.place) FROM (
           SELECT $4::jsonb AS plan, 0 AS place
           UNION ALL SELECT old.plan, old.place FROM jsonb_array_elements(plans) WITH ORDINALITY AS old(plan, place)
           WHERE old.plan->>'planHash' <> $3 AND old.place < $5) AS p)
       WHERE agency_id = $1 AND id = $2`,
      [tx.tenant, id, planHash, JSON.stringify(plan), plansKept],
    );
    return plan;
  }

  /** From the budget that all of its calls go through, and what the slowest single row takes. */
  async estimate(companyId: string | null, { calls, longestRowMs }: KeptPlan): Promise<number> {
    if (companyId === null || calls.company + calls.polls === 0) return 0;
    const waits = await this.ghl.forecast({ companyId }, calls.company + calls.polls, 'bulk');
    return Math.round(waits + longestRowMs);
  }

  /** Refuses a start with another plan than the one of now, and says what is different. */
  refuseStale({ plans, planHash }: BatchEntity, asked: string): void {
    const [was, now] = [asked, planHash].map((hash) => plans.find((plan) => plan.planHash === hash));
    if (!was || !now) {
      const detail = 'is not the hash of a plan of this batch. Read the batch, then start with its planHash.';
      throw new AppError('validation', 'plan-unknown', `The planHash ${detail}`, {
        errors: [{ pointer: '/planHash', detail }],
      });
    }
    if (was !== now)
      throw new AppError(
        'conflict',
        'plan-stale',
        'The batch has changed since this plan. Look at the differences and start again.',
        { evidence: { differences: differencesOf(was, now), planHash: now.planHash } },
      );
    if (new Date(now.expiresAt) < this.clock.now())
      throw new AppError('gone', 'plan-expired', 'This plan is too old to be started. Have the rows checked again.');
  }
}

function differencesOf(was: KeptPlan, now: KeptPlan): { field: string; from: number; to: number }[] {
  const numbers = ({ create, adopt, problems, excluded, calls, snapshots }: KeptPlan): Record<string, number> => ({
    ...{ create, adopt, problems, excluded, companyCalls: calls.company, locationCalls: calls.location },
    ...Object.fromEntries(snapshots.map(({ name, rows }) => [`rows with ${name ?? 'no snapshot'}`, rows])),
  });
  const [before, after] = [numbers(was), numbers(now)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) => {
    const [from, to] = [before[field] ?? 0, after[field] ?? 0];
    return from === to ? [] : [{ field, from, to }];
  });
}

interface Totals extends Pick<BatchPlan, 'planHash' | 'create' | 'adopt' | 'problems' | 'excluded'> {
  company: number;
  location: number;
  longestRowMs: number;
}

const toDo = `verdict IN ('ready','warning') AND NOT excluded`;

/** A row that is alone asks twice at each poll; together they share: see countLoadCalls. */
const loadsSql = `
  SELECT count(*)::int AS rows, (max(polls) / 2 * $3::int)::int AS "longestMs"
  FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 AND ${toDo} AND polls > 0 GROUP BY snapshot->>'id'`;

const totalsSql = `
  SELECT encode(sha256(convert_to(coalesce(string_agg(n || ':' || row_hash, ',' ORDER BY n) FILTER (WHERE ${toDo}), ''), 'UTF8')), 'hex') AS "planHash",
    count(*) FILTER (WHERE ${toDo} AND adopt_location_id IS NULL)::int AS create,
    count(*) FILTER (WHERE ${toDo} AND adopt_location_id IS NOT NULL)::int AS adopt,
    count(*) FILTER (WHERE verdict = 'problem' AND NOT excluded)::int AS problems,
    count(*) FILTER (WHERE excluded)::int AS excluded,
    coalesce(sum(company_calls) FILTER (WHERE ${toDo}), 0)::int AS company,
    coalesce(sum(location_calls) FILTER (WHERE ${toDo}), 0)::int AS location,
    coalesce(max((company_calls + location_calls) * $3::int + polls / 2 * $4::int) FILTER (WHERE ${toDo}), 0)::int AS "longestRowMs"
  FROM batch_rows WHERE agency_id = $1 AND batch_id = $2`;

const snapshotsSql = `
  SELECT snapshot->>'id' AS id, snapshot->>'name' AS name, count(*)::int AS rows,
    count(*) FILTER (WHERE snapshot->>'chosenBy' = 'recommendation')::int AS recommended,
    min((snapshot->>'confidence')::float8) AS "lowestConfidence"
  FROM batch_rows WHERE agency_id = $1 AND batch_id = $2 AND ${toDo} GROUP BY 1, 2 ORDER BY 3 DESC, 2`;
