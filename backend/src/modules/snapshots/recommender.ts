import { Injectable } from '@nestjs/common';
import { AiPort, type AiRanking } from '../../integrations/ai/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { ConnectionsService } from '../ghl-oauth/index.js';
import { SettingsService } from '../settings/index.js';
import { FeedbackService } from './feedback.service.js';
import { LearnedPreference } from './learned-preference.js';
import { ModelReranker, type Ranked, type Reranked } from './model-reranker.js';
import { versionOfLibrary } from './model-question.js';
import type { Intake, Recommendation, Recommendations, RecommendSnapshots } from './recommendation.schema.js';
import type { SnapshotEntity } from './snapshot.entity.js';
import { SnapshotsService } from './snapshots.service.js';
import { Turns } from './turns.js';

/** For one intake, enough to tell of any snapshot why not; for many, enough to see what else was close. */
const shown = { one: 100, many: 5 } as const;
/** Of many intakes at once: a model is shown no more than these. */
const keptOfMany = 20;

/** The library as it was when it was read, for whoever has many questions about it. */
export interface SnapshotShelf {
  snapshots: ShelfSnapshot[];
  recommend(intake: Intake): Promise<Recommendation>;
  /** Asks a model about all of these at once, so that recommending them one after the other need not wait for each. */
  ahead(intakes: readonly Intake[]): Promise<void>;
  /** What a person's own choice is compared with: no model is asked for that. */
  offline(intake: Intake): Promise<Recommendation>;
}

export interface ShelfSnapshot {
  id: string;
  name: string;
  gone: boolean;
  customValues: string[];
}

/** The one path of every recommendation: the ranker, what the agency taught, a model's word, and the agency's threshold. */
@Injectable()
export class Recommender {
  constructor(
    private readonly ai: AiPort,
    private readonly snapshots: SnapshotsService,
    private readonly connections: ConnectionsService,
    private readonly feedback: FeedbackService,
    private readonly reranker: ModelReranker,
    private readonly settings: SettingsService,
    private readonly transaction: Transaction,
  ) {}

  async answer(tenant: TenantId, asked: RecommendSnapshots): Promise<Recommendation | Recommendations> {
    const { intakes, connectionId, ...intake } = asked;
    if (connectionId) await this.connections.chosen(tenant, connectionId);
    if (intakes) return { items: await this.recommendMany(tenant, intakes, { connectionId }) };
    const shelf = await this.shelf(tenant, connectionId);
    return shelf.recommend({ ...intake, name: intake.name! });
  }

  /** In the order of the intakes. */
  async recommendMany(
    tenant: TenantId,
    intakes: readonly Intake[],
    { connectionId }: { connectionId?: string } = {},
  ): Promise<Recommendation[]> {
    const all = await (await this.desk(tenant, connectionId)).recommendMany(intakes);
    return all.map(({ ranking, ...decision }) => ({ ...decision, ranking: ranking.slice(0, shown.many) }));
  }

  async shelf(tenant: TenantId, connectionId?: string): Promise<SnapshotShelf> {
    const { snapshots, recommendMany, offline } = await this.desk(tenant, connectionId);
    const known = new Map<string, Recommendation>();
    return {
      ...{ snapshots, offline },
      recommend: async (intake) => known.get(JSON.stringify(intake)) ?? (await recommendMany([intake]))[0],
      ahead: async (intakes) => {
        known.clear();
        if (!this.reranker.isOn) return;
        const all = await recommendMany(intakes);
        for (const [at, intake] of intakes.entries()) known.set(JSON.stringify(intake), all[at]);
      },
    };
  }

  private async desk(tenant: TenantId, connectionId?: string) {
    const { snapshots, threshold } = await this.transaction.run(tenant, async (tx) => ({
      snapshots: await this.snapshots.all(tx, connectionId),
      threshold: (await this.settings.get(tx)).recommendationThreshold,
    }));
    const candidates = snapshots.filter(({ goneAt }) => goneAt === null);
    const library = { candidates, version: this.reranker.isOn ? versionOfLibrary(candidates) : '' };
    const names = new Map(candidates.map(({ id, name }) => [id, name]));
    const turns = new Turns();
    let preference: Promise<LearnedPreference> | undefined;
    const rank = async (intake: Intake, kept: number): Promise<Learned> => {
      await turns.next();
      // Not before somebody asks: a plan without a snapshot has no use for it.
      preference ??= this.feedback.taught(tenant).then((taught) => new LearnedPreference(taught));
      const { ranking, moved } = (await preference).apply(await this.ai.rankSnapshots(intake, candidates));
      return { intake, offline: { ...ranking, ranked: ranking.ranked.slice(0, kept) }, moved };
    };
    const told = ({ moved }: Learned, { ranking, note, asked }: Reranked): Recommendation => {
      const by = asked && note === null ? 'model' : 'offline';
      return { ...held(ranking, threshold), by, note, ranking: shownOf(ranking, names, moved) };
    };
    return {
      snapshots: snapshots.map(toShelfSnapshot),
      recommendMany: async (intakes: readonly Intake[]): Promise<Recommendation[]> => {
        const learned: Learned[] = [];
        const kept = intakes.length > 1 ? keptOfMany : shown.one;
        for (const intake of intakes) learned.push(await rank(intake, kept));
        const reranked = await this.reranker.rerankMany(tenant, library, learned);
        return reranked.map((each, at) => told(learned[at], each));
      },
      offline: async (intake: Intake): Promise<Recommendation> => {
        const learned = await rank(intake, shown.one);
        return told(learned, { ranking: learned.offline, note: null, asked: false });
      },
    };
  }
}

/** What the ranker and the agency's own choices say. */
interface Learned extends Ranked {
  moved: ReadonlyMap<string, number>;
}

const toShelfSnapshot = ({ id, name, goneAt, customValues }: SnapshotEntity): ShelfSnapshot => ({
  ...{ id, name, gone: goneAt !== null, customValues },
});

/** Below the agency's threshold a person decides. */
function held({ choice, confidence }: AiRanking, threshold: number) {
  const reason = choice === null ? 'none-fits' : confidence < threshold ? 'unsure' : null;
  return { choice: reason === null ? choice : null, confidence, threshold, held: reason } as const;
}

const shownOf = ({ ranked }: AiRanking, names: Map<string, string>, moved: ReadonlyMap<string, number>) =>
  ranked.map((each) => ({ ...each, name: names.get(each.id)!, learned: moved.get(each.id) ?? 0 }));
