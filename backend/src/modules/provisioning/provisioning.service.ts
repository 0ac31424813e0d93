import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Relay, type ToldEvent } from '../../engine/events/relay.js';
import { markerFor, RunsService, SagaRegistry } from '../../engine/runs/index.js';
import { Clock, Ids } from '../../platform/clock/clock.js';
import { AuditTrail, type TenantId, Transaction, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { canonicalJson, type Key, type Principal, sha256Hex } from '../../platform/http/index.js';
import { laneOf } from '../ghl-oauth/index.js';
import { locationAuditSaga } from './location-audit.saga.js';
import { planDifferences } from './make-plan.js';
import { NoteChoices } from './note-choices.js';
import { type MadePlan, Planner } from './planner.js';
import type { ProvisioningInput } from './provisioning-input.js';
import { ProvisioningPlanEntity } from './provisioning-plan.entity.js';
import { provisioningSaga } from './provisioning.saga.js';
import type {
  BusinessProfile,
  PlanProvisioning,
  ProvisioningPlan,
  ProvisioningView,
  SnapshotDecision,
  StartProvisioning,
} from './provisioning.schema.js';
import { CreateLocation } from './steps/create-location.step.js';
import { businessKey } from './to-location.js';

/** Owns provisioning_plans: plans, checks that a plan still fits, and begins the run that applies it. */
@Injectable()
export class ProvisioningService implements OnModuleInit {
  constructor(
    private readonly planner: Planner,
    private readonly choices: NoteChoices,
    private readonly runs: RunsService,
    private readonly registry: SagaRegistry,
    private readonly relay: Relay,
    private readonly transaction: Transaction,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.registry.register(provisioningSaga);
    this.registry.register(locationAuditSaga);
    this.relay.on('ghl.location-created', (event) => this.lookNow(event));
  }

  /** Changes nothing outside; what was planned is kept, so that its approval can be checked. */
  async plan(tenant: TenantId, by: Principal, request: PlanProvisioning): Promise<ProvisioningPlan> {
    const { plan } = await this.planner.make(tenant, request);
    await this.transaction.run(tenant, async (tx) => {
      await this.keep(tx, by, request, plan);
      await this.audit.record(tx, {
        actor: by.actor,
        action: 'provisioning.plan',
        object: `plan:${plan.planHash}`,
        data: { title: plan.title },
      });
    });
    return plan;
  }

  /**
   * Applies the plan of this hash, or plans and applies in one go. Refuses a plan that no longer fits (409 with what is
   * different). The same key begins one run, however often it is asked.
   */
  async start(
    tenant: TenantId,
    by: Principal,
    key: Key,
    { planHash, ...request }: StartProvisioning,
  ): Promise<ProvisioningView> {
    const runKey = `provision:${key ?? this.ids.next()}`;
    const requestHash = sha256Hex(canonicalJson({ planHash, request }));
    const earlier = await this.begunBefore(tenant, runKey, requestHash);
    if (earlier) return earlier;
    try {
      const approved = planHash ? await this.approved(tenant, planHash) : undefined;
      const made = await this.planner.make(tenant, request);
      if (approved) refuseStale(approved, made.plan);
      return await this.transaction.run(tenant, (tx) => this.begin(tx, by, runKey, requestHash, request, made));
    } catch (error) {
      // The same request, sent twice at once, may have begun the job meanwhile and so have changed what a plan is made from.
      const meanwhile = await this.begunBefore(tenant, runKey, requestHash);
      if (meanwhile) return meanwhile;
      throw error;
    }
  }

  private async begin(
    tx: Tx,
    by: Principal,
    key: string,
    requestHash: string,
    request: PlanProvisioning,
    { plan, adoptLocationId }: MadePlan,
  ): Promise<ProvisioningView> {
    const { connectionId, snapshot, planHash, title } = plan;
    const { business, customValues, users } = request;
    const input: ProvisioningInput = {
      connectionId,
      business,
      snapshot,
      customValues,
      users,
      adoptLocationId,
      planHash,
      requestHash,
    };
    const lane = laneOf(connectionId);
    const run = await this.runs.begin(tx, provisioningSaga, {
      key,
      input,
      title,
      lane,
      createdBy: by.actor,
      exclusiveKey: businessKey(connectionId, business),
    });
    if (!run.created) return this.viewOf(tx, run.id);
    const recommended = snapshot.recommended ?? (await this.declined(tx, connectionId, business));
    await this.choices.note(tx, by.actor, [{ jobId: run.id, business, snapshot: { ...snapshot, recommended } }]);
    await this.keep(tx, by, request, plan, run.id);
    await this.audit.record(tx, {
      actor: by.actor,
      action: 'provisioning.start',
      object: `run:${run.id}`,
      data: { title, planHash },
    });
    return { jobId: run.id, title, state: 'ready', planHash, plan };
  }

  /** Who takes none after a plan with a recommendation has decided against it; who never saw one has not. */
  private async declined(
    tx: Tx,
    connectionId: string,
    { name, email }: BusinessProfile,
  ): Promise<SnapshotDecision['recommended']> {
    const [seen] = await tx.query<{ recommended: SnapshotDecision['recommended'] }>(
      `SELECT plan->'snapshot'->'recommended' AS recommended FROM provisioning_plans
       WHERE agency_id = $1 AND id > (SELECT uuidv7(interval '-1 day')) AND plan->>'connectionId' = $2
         AND plan->'snapshot'->>'chosenBy' = 'recommendation'
         AND request->'business'->>'name' = $3 AND request->'business'->>'email' = $4 ORDER BY id DESC LIMIT 1`,
      [tx.tenant, connectionId, name, email],
    );
    return seen?.recommended ?? null;
  }

  private async begunBefore(tenant: TenantId, key: string, requestHash: string): Promise<ProvisioningView | undefined> {
    return this.transaction.run(tenant, async (tx) => {
      const run = await this.runs.findByKey(tx, key);
      if (!run) return undefined;
      if ((run.input as ProvisioningInput).requestHash !== requestHash) {
        throw new AppError(
          'key-reused',
          'idempotency-key-reused',
          'This Idempotency-Key was used for another request. Use a new key for a new request.',
        );
      }
      return this.viewOf(tx, run.id);
    });
  }

  /** What was answered when the job began. */
  private async viewOf(tx: Tx, jobId: string): Promise<ProvisioningView> {
    const { plan } = await tx.manager.findOneByOrFail(ProvisioningPlanEntity, { agencyId: tx.tenant, runId: jobId });
    return { jobId, title: plan.title, state: 'ready', planHash: plan.planHash, plan };
  }

  /** A job that lost the answer to its creation need not wait for the search to know: HighLevel has just told us. */
  private async lookNow({ tenant, payload }: ToldEvent): Promise<void> {
    const { connectionId, name, email } = payload as { connectionId: string; name: string; email: string };
    await this.transaction.run(tenant, async (tx) => {
      const run = await this.runs.findByExclusiveKey(tx, businessKey(connectionId, { name, email }), ['waiting']);
      if (run) await this.runs.wakeByMarker(tx, markerFor(run.id, provisioningSaga.steps.indexOf(CreateLocation) + 1));
    });
  }

  private async approved(tenant: TenantId, planHash: string): Promise<ProvisioningPlan> {
    const [found] = await this.transaction.run(tenant, (tx) =>
      tx.manager.find(ProvisioningPlanEntity, {
        where: { agencyId: tenant, planHash },
        order: { createdAt: 'DESC' },
        take: 1,
      }),
    );
    if (!found) {
      const detail = 'is not the hash of a plan that was made here. Plan first, then start with the hash of that plan.';
      throw new AppError('validation', 'plan-unknown', `The planHash ${detail}`, {
        errors: [{ pointer: '/planHash', detail }],
      });
    }
    if (found.expiresAt < this.clock.now())
      throw new AppError('gone', 'plan-expired', 'This plan is too old to be applied. Plan again.');
    return found.plan;
  }

  private async keep(
    tx: Tx,
    by: Principal,
    request: PlanProvisioning,
    plan: ProvisioningPlan,
    runId: string | null = null,
  ): Promise<void> {
    await tx.manager.insert(ProvisioningPlanEntity, {
      ...{
        agencyId: tx.tenant,
        id: this.ids.next(),
        planHash: plan.planHash,
        request,
        plan,
        createdBy: by.actor,
        runId,
      },
      createdAt: new Date(plan.createdAt),
      expiresAt: new Date(plan.expiresAt),
    } as object);
  }
}

function refuseStale(approved: ProvisioningPlan, now: ProvisioningPlan): void {
  if (approved.planHash === now.planHash) return;
  throw new AppError(
    'conflict',
    'plan-stale',
    'What the plan was made from has changed since. Look at the differences and plan again.',
    {
      evidence: { differences: planDifferences(approved.actions, now.actions), planHash: now.planHash },
    },
  );
}
