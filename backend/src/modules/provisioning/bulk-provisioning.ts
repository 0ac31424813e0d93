import { Injectable } from '@nestjs/common';
import { type ManyBegun, RunsService } from '../../engine/runs/index.js';
import type { RunState } from '../../engine/runs/runs.schema.js';
import type { GhlLocation } from '../../integrations/ghl/index.js';
import type { TenantId, Tx } from '../../platform/database/index.js';
import { canonicalJson, sha256Hex } from '../../platform/http/index.js';
import { laneOf } from '../ghl-oauth/index.js';
import type { Recommendation } from '../snapshots/index.js';
import { intakeOf, NoteChoices } from './note-choices.js';
import { decideSnapshot, type MadePlan, Planner, type PlanningDesk } from './planner.js';
import type { ProvisioningInput } from './provisioning-input.js';
import { provisioningSaga } from './provisioning.saga.js';
import type { PlanProvisioning, SnapshotDecision } from './provisioning.schema.js';
import type { LiveState } from './read-live-state.js';
import { businessKey } from './to-location.js';

/** Provisioning that was planned as one of many. */
export interface PlannedOne {
  /** The same key is the same job, however often it is begun. */
  key: string;
  id: string;
  request: PlanProvisioning;
  snapshot: SnapshotDecision;
  adoptLocationId: string | null;
  planHash: string;
}

const thatMatter: RunState[] = ['ready', 'running', 'waiting', 'undoing', 'needs-human', 'done'];

/** Provisioning of many businesses at once: planned from what was read once for all of them, begun together. */
@Injectable()
export class BulkProvisioning {
  constructor(
    private readonly planner: Planner,
    private readonly runs: RunsService,
    private readonly choices: NoteChoices,
  ) {}

  desk(tenant: TenantId, connectionId: string): Promise<PlanningDesk> {
    return this.planner.desk(tenant, connectionId);
  }

  /** Before these are planned one by one: what takes long for each is asked for all of them at once. */
  async foresee({ shelf }: PlanningDesk, requests: readonly PlanProvisioning[]): Promise<void> {
    const open = requests.filter(({ snapshot }) => snapshot === 'recommend');
    await shelf.ahead(open.map(({ business }) => intakeOf(business)));
  }

  /** What would be recommended for this one, whatever it asks for. */
  recommend({ shelf }: PlanningDesk, { business }: PlanProvisioning): Promise<Recommendation> {
    return shelf.recommend(intakeOf(business));
  }

  /** The newest job of ours for each of these businesses, by its key. */
  earlier(tx: Tx, keys: string[]): Promise<Map<string, NonNullable<LiveState['earlier']>>> {
    return this.runs.findByExclusiveKeys(tx, keys, thatMatter);
  }

  /** How long they take together is asked of the budget once, and not for each. Refuses what a single plan refuses. Values, users and loads are looked at by the job itself: to read them here would cost calls for each row. */
  async plan(
    desk: PlanningDesk,
    request: PlanProvisioning,
    same: GhlLocation[],
    earlier: LiveState['earlier'],
  ): Promise<MadePlan> {
    const snapshot = await decideSnapshot(desk, request);
    const adopt = request.existing === 'adopt' && same.length === 1 ? { location: same[0], values: [] } : undefined;
    return this.planner.planAt(desk, request, snapshot, { same, earlier, adopt, users: [] }, 0);
  }

  /** One job for each, in this order. Those whose business has a job already are told and not begun. */
  async begin(tx: Tx, createdBy: string, groupId: string, planned: readonly PlannedOne[]): Promise<ManyBegun> {
    const beginnings = planned.map(({ key, id, request, snapshot, adoptLocationId, planHash }) => {
      const { business, customValues, users } = request;
      const connectionId = request.connectionId!;
      const requestHash = sha256Hex(canonicalJson({ planHash, request }));
      const input: ProvisioningInput = {
        ...{ connectionId, business, snapshot, customValues, users, adoptLocationId, planHash, requestHash },
      };
      const exclusiveKey = businessKey(connectionId, business);
      return {
        id,
        key,
        input,
        title: `Provision ${business.name}`,
        lane: laneOf(connectionId),
        createdBy,
        exclusiveKey,
      };
    });
    const many = await this.runs.beginMany(tx, provisioningSaga, beginnings, { queue: 'bulk', groupId });
    const begun = new Set(many.begun);
    const noted = planned.filter(({ id }) => begun.has(id));
    await this.choices.note(
      tx,
      createdBy,
      noted.map(({ id, request, snapshot }) => ({ jobId: id, business: request.business, snapshot })),
    );
    return many;
  }
}
