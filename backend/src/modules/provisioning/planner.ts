import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { GhlPort } from '../../integrations/ghl/index.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import type { TenantId } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { ConnectionsService, type GhlConnectionEntity } from '../ghl-oauth/index.js';
import { type Recommendation, Recommender, type SnapshotShelf } from '../snapshots/index.js';
import { countCalls, makePlan } from './make-plan.js';
import { intakeOf } from './note-choices.js';
import type { PlanProvisioning, ProvisioningPlan, SnapshotDecision } from './provisioning.schema.js';
import { type LiveState, ReadLiveState } from './read-live-state.js';

export interface MadePlan {
  plan: ProvisioningPlan;
  adoptLocationId: string | null;
}

/** What every plan at one connection is made with, read once. */
export interface PlanningDesk {
  connection: GhlConnectionEntity;
  shelf: SnapshotShelf;
  timing: { pollMs: number; typicalLoadMs: number };
}

const typicalLoadMs = 5 * 60_000;

/** Makes plans: reads what is, decides the snapshot, changes nothing. */
@Injectable()
export class Planner {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly recommender: Recommender,
    private readonly liveState: ReadLiveState,
    private readonly ghl: GhlPort,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async make(tenant: TenantId, request: PlanProvisioning): Promise<MadePlan> {
    const desk = await this.desk(tenant, request.connectionId);
    const snapshot = await decideSnapshot(desk, request);
    const live = await this.liveState.read(tenant, desk.connection, request, snapshot.id);
    const { company } = countCalls({ request, snapshot, live, timing: desk.timing });
    const budgetMs = await this.ghl.forecast({ companyId: desk.connection.companyId }, company);
    return this.planAt(desk, request, snapshot, live, budgetMs);
  }

  /** Refuses a connection with which nothing can be made. */
  async desk(tenant: TenantId, connectionId: string | undefined): Promise<PlanningDesk> {
    const connection = await this.connections.chosen(tenant, connectionId);
    refuseUnusable(connection);
    const simulated = this.config.ghlMode === 'simulator';
    const timing = {
      pollMs: this.config.SNAPSHOT_POLL_MS,
      typicalLoadMs: simulated ? typicalLoadMs / this.config.GHL_SIMULATOR_SPEED : typicalLoadMs,
    };
    return { connection, shelf: await this.recommender.shelf(tenant, connection.id), timing };
  }

  /** `budgetMs`: how long the rate budget needs for its calls. */
  planAt(
    { connection, shelf, timing }: PlanningDesk,
    request: PlanProvisioning,
    snapshot: SnapshotDecision,
    live: LiveState,
    budgetMs: number,
  ): MadePlan {
    refuseSecond(request, live);
    const known = shelf.snapshots.find(({ id }) => id === snapshot.id);
    const plan = makePlan({
      connectionId: connection.id,
      request,
      snapshot,
      live,
      needs: known?.customValues ?? [],
      installToFutureLocations: connection.installToFutureLocations,
      timing: { ...timing, budgetMs },
      now: this.clock.now(),
      ttlMs: this.config.PLAN_TTL,
    });
    return { plan, adoptLocationId: live.adopt?.location.id ?? null };
  }
}

export async function decideSnapshot(
  { shelf }: PlanningDesk,
  { snapshot, business }: PlanProvisioning,
): Promise<SnapshotDecision> {
  const nobody = { confidence: null, reasons: [], runnersUp: [], note: null };
  if (snapshot === 'none') return { id: null, name: null, chosenBy: 'none', ...nobody, recommended: null };
  if (snapshot !== 'recommend') {
    const chosen = shelf.snapshots.find(({ id }) => id === snapshot.id);
    if (!chosen || chosen.gone) {
      const detail = chosen
        ? `HighLevel no longer lists “${chosen.name}”. Refresh the library and choose another.`
        : 'There is no such snapshot in the library. Refresh it, or choose another.';
      throw new AppError('validation', 'snapshot-unknown', detail, { errors: [{ pointer: '/snapshot', detail }] });
    }
    const recommended = recommendedIn(await shelf.offline(intakeOf(business)));
    return { id: chosen.id, name: chosen.name, chosenBy: 'person', ...nobody, recommended };
  }
  const recommendation = await shelf.recommend(intakeOf(business));
  const { choice, ranking, held, confidence, threshold, note } = recommendation;
  const best = ranking.find(({ id }) => id === choice);
  if (!best) {
    const [nearest] = ranking;
    const detail =
      held === 'unsure'
        ? `“${nearest.name}” comes nearest, but is not sure enough. Choose a snapshot, or make the sub-account without one.`
        : 'No snapshot fits this business well enough. Choose one, or make the sub-account without a snapshot.';
    throw new AppError('validation', 'no-snapshot-fits', detail, {
      errors: [{ pointer: '/snapshot', detail }],
      evidence: { held, confidence, threshold, note, candidates: ranking.slice(0, 5) },
    });
  }
  const runnersUp = ranking.filter(({ id, confidence }) => id !== best.id && confidence > 0).slice(0, 3);
  return {
    ...{ id: best.id, name: best.name, confidence: best.confidence, reasons: best.reasons },
    chosenBy: 'recommendation',
    runnersUp: runnersUp.map((each) => ({ id: each.id, name: each.name, confidence: each.confidence })),
    recommended: recommendedIn(recommendation),
    note,
  };
}

/** What came nearest when `no-snapshot-fits` was answered, the best first; what has nothing in common with the business did not. */
export function candidatesOf({ evidence }: AppError): { id: string; name: string; confidence: number }[] {
  const candidates = (evidence?.['candidates'] ?? []) as Recommendation['ranking'];
  return candidates.filter(({ score }) => score > 0).map(({ id, name, confidence }) => ({ id, name, confidence }));
}

/** The decision before the agency's threshold: one that was held because it is not sure was still a decision. */
function recommendedIn({ choice, held, confidence, ranking }: Recommendation): SnapshotDecision['recommended'] {
  const best = ranking.find(({ id }) => (held === 'unsure' ? id === ranking[0].id : id === choice));
  return { id: best?.id ?? null, name: best?.name ?? null, confidence };
}

/** One that waits for its reconnection may still have a token that is good for hours. */
function refuseUnusable({ holder, status }: GhlConnectionEntity): void {
  if (status === 'disconnected')
    throw new AppError('conflict', 'ghl-disconnected', 'This HighLevel agency is disconnected. Connect it again.');
  if (holder === 'Location')
    throw new AppError(
      'conflict',
      'ghl-location-only',
      'Only one sub-account is connected. Creating sub-accounts needs a connection of the whole agency.',
    );
}

/** One business, one sub-account: a second one is never made by planning again. */
function refuseSecond({ existing, business }: PlanProvisioning, { same, earlier }: LiveState): void {
  if (earlier && earlier.state !== 'done') {
    throw new AppError(
      'conflict',
      'already-under-way',
      `“${earlier.title}” is under way for the same business. Watch that job, or cancel it first.`,
      { evidence: { jobId: earlier.id } },
    );
  }
  const locationIds = same.map(({ id }) => id);
  if (same.length > 1) {
    throw new AppError(
      'conflict',
      'several-locations',
      `HighLevel has ${same.length} sub-accounts “${business.name}” with this e-mail. Rename or remove all but one there first.`,
      { evidence: { locationIds } },
    );
  }
  if (same.length === 1 && existing === 'refuse') {
    const detail = `HighLevel already has a sub-account “${business.name}” with this e-mail. Take it over, or change the name.`;
    throw new AppError('conflict', 'location-exists', detail, {
      errors: [{ pointer: '/existing', detail }],
      evidence: { locationIds },
    });
  }
}
