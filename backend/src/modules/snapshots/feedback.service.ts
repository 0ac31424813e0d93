import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { gistOf } from '../../integrations/ai/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import type { FeedbackQuery, SnapshotFeedback, SnapshotFeedbackPage } from './feedback.schema.js';
import type { Taught } from './learned-preference.js';
import type { Intake } from './recommendation.schema.js';
import { SnapshotFeedbackEntity } from './snapshot-feedback.entity.js';
import { Turns } from './turns.js';

/** What somebody chose for a business for which something was recommended. An id that is null is none. */
export interface ChoiceMade {
  jobId: string | null;
  intake: Intake;
  recommended: { id: string | null; name: string | null; confidence: number };
  chosen: { id: string | null; name: string | null };
}

/** So many of the newest choices of each kind are learned from. */
const learnedFromEach = 500;
/** Choices in memory, of all agencies; one is read in less than a millisecond, but a thousand are felt. */
const keptInMemory = 10_000;

/** Owns snapshot_feedback: what the agency did with recommendations. People see it, and can have it forgotten. */
@Injectable()
export class FeedbackService {
  /** By id: a row never changes, so neither does what it teaches. */
  private readonly read = new Map<string, Taught>();

  constructor(
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
    private readonly ids: Ids,
  ) {}

  /** Part of the transaction in which the choice takes effect, so that both happen or neither does. */
  async note(tx: Tx, by: string, choices: readonly ChoiceMade[]): Promise<void> {
    const rows = choices.map(({ jobId, intake, recommended, chosen }) => ({
      ...{ id: this.ids.next(), kind: chosen.id === recommended.id ? 'accepted' : 'overridden', intake, run_id: jobId },
      ...{ recommended_id: recommended.id, recommended_name: recommended.name, confidence: recommended.confidence },
      ...{ chosen_id: chosen.id, chosen_name: chosen.name },
    }));
    await tx.query(
      `INSERT INTO snapshot_feedback (agency_id, id, kind, intake, recommended_id, recommended_name, chosen_id, chosen_name, confidence, run_id, created_by)
       SELECT $1, e.id, e.kind, e.intake, e.recommended_id, e.recommended_name, e.chosen_id, e.chosen_name, e.confidence, e.run_id, $2
       FROM jsonb_to_recordset($3::jsonb) AS e(id uuid, kind text, intake jsonb, recommended_id text, recommended_name text,
         chosen_id text, chosen_name text, confidence float8, run_id uuid)`,
      [tx.tenant, by, JSON.stringify(rows)],
    );
  }

  async list(tenant: TenantId, { after, limit }: FeedbackQuery): Promise<SnapshotFeedbackPage> {
    const found = await this.transaction.run(tenant, (tx) => this.newest(tx, limit + 1, after));
    const items = found.slice(0, limit).map(toFeedbackView);
    return { items, next: found.length > limit ? items.at(-1)!.id : null };
  }

  /** The next recommendation is made as if it had never been there. */
  async forget(tenant: TenantId, by: Principal, id: string): Promise<void> {
    await this.transaction.run(tenant, async (tx) => {
      const [forgotten] = await tx.query<Record<'kind' | 'recommendedId' | 'chosenId', string | null>>(
        `DELETE FROM snapshot_feedback WHERE agency_id = $1 AND id = $2
         RETURNING kind, recommended_id AS "recommendedId", chosen_id AS "chosenId"`,
        [tenant, id],
      );
      if (!forgotten) throw notFound('feedback');
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'snapshots.forget-feedback',
        object: `snapshot-feedback:${id}`,
        data: forgotten,
      });
    });
  }

  /** The newest first. Which there are is asked anew each time: what was deleted is not felt any more. */
  async taught(tenant: TenantId): Promise<Taught[]> {
    const taught = new Map<string, Taught | undefined>();
    const unread = await this.transaction.run(tenant, async (tx) => {
      for (const id of await this.newestIds(tx)) taught.set(id, this.read.get(id));
      const missing = [...taught.keys()].filter((id) => !taught.get(id));
      return missing.length > 0 ? this.byIds(tx, missing) : [];
    });
    const turns = new Turns();
    for (const { id, intake, chosenId, kind } of unread) {
      await turns.next();
      taught.set(id, this.remember(id, { gist: gistOf(intake), chosen: chosenId, kind }));
    }
    return [...taught.values()].filter((each) => each !== undefined);
  }

  /** The longest known makes room. */
  private remember(id: string, taught: Taught): Taught {
    const [longest] = this.read.size >= keptInMemory ? this.read.keys() : [];
    if (longest !== undefined) this.read.delete(longest);
    this.read.set(id, taught);
    return taught;
  }

  /** Of each kind for itself: a batch of a thousand clients, all accepted, would else leave nothing of what a person said. */
  private async newestIds(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT newest.id FROM unnest(ARRAY['overridden','accepted']) AS k(kind) CROSS JOIN LATERAL (
         SELECT id FROM snapshot_feedback WHERE agency_id = $1 AND kind = k.kind ORDER BY id DESC LIMIT $2) AS newest
       ORDER BY newest.id DESC`,
      [tx.tenant, learnedFromEach],
    );
    return rows.map(({ id }) => id);
  }

  private byIds(tx: Tx, ids: string[]): Promise<SnapshotFeedbackEntity[]> {
    return tx.manager.findBy(SnapshotFeedbackEntity, { agencyId: tx.tenant, id: In(ids) });
  }

  private newest(tx: Tx, limit: number, after?: string): Promise<SnapshotFeedbackEntity[]> {
    const rows = tx.manager.createQueryBuilder(SnapshotFeedbackEntity, 'feedback');
    rows.where('feedback.agencyId = :tenant', { tenant: tx.tenant });
    if (after) rows.andWhere('feedback.id < :after', { after });
    return rows.orderBy('feedback.id', 'DESC').limit(limit).getMany();
  }
}

const toFeedbackView = (row: SnapshotFeedbackEntity): SnapshotFeedback => ({
  ...{ id: row.id, at: row.createdAt.toISOString(), by: row.createdBy, kind: row.kind, intake: row.intake },
  recommended: named(row.recommendedId, row.recommendedName),
  chosen: named(row.chosenId, row.chosenName),
  ...{ confidence: row.confidence, jobId: row.runId },
});

const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? id });
