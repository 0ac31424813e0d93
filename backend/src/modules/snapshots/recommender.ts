import { Injectable } from '@nestjs/common';
import { AiPort, type AiRanking } from '../../integrations/ai/index.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { ConnectionsService } from '../ghl-oauth/index.js';
import { SettingsService } from '../settings/index.js';
import { FeedbackService } from './feedback.service.js';
import { LearnedPreference } from './learned-preference.js';
import type { Intake, Recommendation, Recommendations, RecommendSnapshots } from './recommendation.schema.js';
import type { SnapshotEntity } from './snapshot.entity.js';
import { SnapshotsService } from './snapshots.service.js';
import { Turns } from './turns.js';

/** Enough to choose from by hand; of many intakes, enough to see what else was close. */
const shown = { one: 20, many: 5 } as const;

/** The library as it was when it was read, for whoever has many questions about it. */
export interface SnapshotShelf {
  snapshots: ShelfSnapshot[];
  recommend(intake: Intake): Promise<Recommendation>;
  /** What a person's own choice is compared with: no model is asked for that. */
  offline(intake: Intake): Promise<Recommendation>;
}

export interface ShelfSnapshot {
  id: string;
  name: string;
  gone: boolean;
  customValues: string[];
}

/** The one path of every recommendation: the ranker, what the agency taught, and the agency's threshold. */
@Injectable()
export class Recommender {
  constructor(
    private readonly ai: AiPort,
    private readonly snapshots: SnapshotsService,
    private readonly connections: ConnectionsService,
    private readonly feedback: FeedbackService,
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
    const { recommend } = await this.shelf(tenant, connectionId);
    const all: Recommendation[] = [];
    for (const intake of intakes) {
      const { ranking, ...decision } = await recommend(intake);
      all.push({ ...decision, ranking: ranking.slice(0, shown.many) });
    }
    return all;
  }

  async shelf(tenant: TenantId, connectionId?: string): Promise<SnapshotShelf> {
    const { snapshots, threshold } = await this.transaction.run(tenant, async (tx) => ({
      snapshots: await this.snapshots.all(tx, connectionId),
      threshold: (await this.settings.get(tx)).recommendationThreshold,
    }));
    const candidates = snapshots.filter(({ goneAt }) => goneAt === null);
    const names = new Map(candidates.map(({ id, name }) => [id, name]));
    const preference = new LearnedPreference(await this.feedback.taught(tenant));
    const turns = new Turns();
    const offline = async (intake: Intake): Promise<Recommendation> => {
      await turns.next();
      const { ranking, moved } = preference.apply(await this.ai.rankSnapshots(intake, candidates));
      return { ...held(ranking, threshold), by: 'offline', note: null, ranking: shownOf(ranking, names, moved) };
    };
    return { snapshots: snapshots.map(toShelfSnapshot), recommend: offline, offline };
  }
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
  ranked.slice(0, shown.one).map((each) => ({ ...each, name: names.get(each.id)!, learned: moved.get(each.id) ?? 0 }));
