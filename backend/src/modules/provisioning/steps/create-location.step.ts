import { Injectable } from '@nestjs/common';
import { Inbox } from '../../../engine/events/inbox.js';
import {
  done,
  type Evidence,
  hold,
  RunsService,
  type Step,
  type StepContext,
  type UndoResult,
  type Via,
} from '../../../engine/runs/index.js';
import { type GhlLocation, type GhlLocationChanges, GhlPort } from '../../../integrations/ghl/index.js';
import { Transaction } from '../../../platform/database/index.js';
import { AppError } from '../../../platform/errors/index.js';
import { FindLocation } from '../find-location.js';
import { GhlCalls } from '../ghl-calls.js';
import { LocationAudits } from '../location-audits.js';
import { createLocationStep, type ProvisioningInput } from '../provisioning-input.js';
import { comparedFields, differencesOf, plainName, toNewLocation } from '../to-location.js';
import { ChooseSnapshot } from './choose-snapshot.step.js';

export interface MadeLocation {
  locationId: string;
  adopted: boolean;
}

/**
 * Makes the sub-account, or takes over the one the plan named. HighLevel has no idempotency key and no unique name: asked
 * twice, it makes two. So what exists is noted before the call, and after a lost answer what came to exist is looked for.
 */
@Injectable()
export class CreateLocation implements Step<ProvisioningInput, MadeLocation> {
  static readonly step = createLocationStep;
  static readonly title = 'Create the sub-account';
  static readonly repeat = 'on-evidence';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly find: FindLocation,
    private readonly audits: LocationAudits,
    private readonly runs: RunsService,
    private readonly inbox: Inbox,
    private readonly transaction: Transaction,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { adoptLocationId } = ctx.input;
    return adoptLocationId ? this.adopt(ctx, adoptLocationId) : this.create(ctx);
  }

  async reconcile(ctx: StepContext<ProvisioningInput>): Promise<Evidence<MadeLocation>> {
    const { adoptLocationId, business } = ctx.input;
    if (adoptLocationId) {
      const live = await this.get(ctx, adoptLocationId);
      return differencesOf(business, live).length === 0 ? found(live, 'search', true) : { kind: 'none' };
    }
    return (await this.byWebhook(ctx)) ?? this.bySearch(ctx);
  }

  async undo(ctx: StepContext<ProvisioningInput>, made: MadeLocation | undefined): Promise<UndoResult> {
    const locationId = made?.locationId;
    if (!locationId) return { kind: 'undone' };
    if (made.adopted) return this.giveBack(ctx, locationId);
    if (!(await this.exists(ctx, locationId))) return { kind: 'undone' };
    try {
      await this.calls.company(ctx, (access, call) => this.ghl.deleteLocation(access, locationId, call));
    } catch (error) {
      if (!(error instanceof AppError) || (error.kind !== 'forbidden' && error.kind !== 'bug')) throw error;
      return hold({
        code: 'delete-by-hand',
        cause: `HighLevel does not let this app delete the sub-account ${locationId}.`,
        nextAction: 'Delete it in HighLevel, then press Retry: it is looked for, and undoing ends when it is gone.',
      });
    }
    return { kind: 'undone', evidence: { deleted: locationId } };
  }

  private async create(ctx: StepContext<ProvisioningInput>) {
    const { business } = ctx.input;
    const { snapshotId } = ctx.outputOf(ChooseSnapshot);
    const before = await this.calls.company(ctx, (access, call) => this.find.byEmail(access, business, call));
    if (before.length > 0 && ctx.noted['before'] === undefined) {
      throw new AppError(
        'conflict',
        'location-exists',
        `HighLevel already has a sub-account “${business.name}” with this e-mail. Plan again and take it over, or change the name.`,
        {
          evidence: { locationIds: before.map(({ id }) => id) },
        },
      );
    }
    if (ctx.noted['before'] === undefined) await ctx.note({ before: before.map(({ id }) => id) });
    ctx.log('info', 'Asking HighLevel for a new sub-account', { name: business.name, snapshotId });
    const location = await this.calls.company(ctx, (access, call) =>
      this.ghl.createLocation(access, { ...toNewLocation(business), ...(snapshotId ? { snapshotId } : {}) }, call),
    );
    await this.audits.schedule(ctx, location.id);
    ctx.log('info', 'Sub-account created', { locationId: location.id });
    return done<MadeLocation>({ locationId: location.id, adopted: false }, { externalId: location.id });
  }

  private async adopt(ctx: StepContext<ProvisioningInput>, locationId: string) {
    const { business } = ctx.input;
    const live = await this.get(ctx, locationId);
    const differences = differencesOf(business, live);
    if (ctx.noted['was'] === undefined)
      await ctx.note({ was: Object.fromEntries(comparedFields.map((field) => [field, live[field] ?? null])) });
    if (differences.length > 0) {
      const wanted = toNewLocation(business);
      await this.calls.company(ctx, (access, call) => this.ghl.updateLocation(access, locationId, wanted, call));
    }
    ctx.log('info', 'Sub-account taken over', { locationId, changed: differences.map(({ field }) => field) });
    return done<MadeLocation>({ locationId, adopted: true }, { externalId: locationId });
  }

  /** HighLevel tells of each new sub-account; the event of ours may be here before any search knows it. */
  private async byWebhook(ctx: StepContext<ProvisioningInput>): Promise<Evidence<MadeLocation> | undefined> {
    const { business } = ctx.input;
    const events = await this.transaction.run(ctx.tenant, (tx) =>
      this.inbox.find(tx, 'ghl', 'LocationCreate', ctx.intentAt),
    );
    const ours = events.filter(
      ({ payload }) =>
        sameText(payload['email'], business.email) &&
        sameText(payload['name'], business.name) &&
        typeof payload['id'] === 'string',
    );
    const candidates = await this.notOthers(ctx, [...new Set(ours.map(({ payload }) => payload['id'] as string))]);
    if (candidates.length !== 1) return undefined;
    return found(await this.get(ctx, candidates[0]), 'webhook', false, () => this.audits.schedule(ctx, candidates[0]));
  }

  private async bySearch(ctx: StepContext<ProvisioningInput>): Promise<Evidence<MadeLocation>> {
    const { business } = ctx.input;
    const alike = await this.calls.company(ctx, (access, call) => this.find.alike(access, business, call));
    const candidates = await this.notOthers(
      ctx,
      alike.map(({ id }) => id),
    );
    if (candidates.length === 0) return { kind: 'none' };
    if (candidates.length === 1) {
      return found(
        alike.find(({ id }) => id === candidates[0])!,
        'search',
        false,
        () => this.audits.schedule(ctx, candidates[0]),
      );
    }
    return {
      kind: 'several',
      evidence: { candidates },
      attention: {
        code: 'several-locations',
        cause: `HighLevel has ${candidates.length} sub-accounts that could be the one we asked for: ${candidates.join(', ')}.`,
        nextAction:
          'Compare them in HighLevel and delete what is too much, then press Retry. Nothing is deleted by itself.',
      },
    };
  }

  /** What was there before our call, and what another job made, is not ours. */
  private async notOthers(ctx: StepContext<ProvisioningInput>, ids: string[]): Promise<string[]> {
    const before = (ctx.noted['before'] ?? []) as string[];
    const recorded = await this.transaction.run(ctx.tenant, (tx) =>
      this.runs.recordedExternalIds(tx, createLocationStep, ids),
    );
    return ids.filter((id) => !before.includes(id) && (recorded.get(id) ?? ctx.runId) === ctx.runId);
  }

  private async giveBack(ctx: StepContext<ProvisioningInput>, locationId: string): Promise<UndoResult> {
    const was = (ctx.noted['was'] ?? {}) as Record<string, string | null>;
    const { email: _, ...fields } = Object.fromEntries(Object.entries(was).filter(([, value]) => value !== null));
    await this.calls.company(ctx, (access, call) =>
      this.ghl.updateLocation(access, locationId, fields as GhlLocationChanges, call),
    );
    return { kind: 'undone', evidence: { restored: Object.keys(fields) } };
  }

  private async exists(ctx: StepContext<ProvisioningInput>, locationId: string): Promise<boolean> {
    try {
      await this.get(ctx, locationId);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return false;
      throw error;
    }
  }

  private get(ctx: StepContext<ProvisioningInput>, locationId: string): Promise<GhlLocation> {
    return this.calls.company(ctx, (access, call) => this.ghl.getLocation(access, locationId, call));
  }
}

const sameText = (value: unknown, text: string) => typeof value === 'string' && plainName(value) === plainName(text);

async function found(
  location: GhlLocation,
  via: Exclude<Via, 'direct'>,
  adopted: boolean,
  andThen?: () => Promise<void>,
): Promise<Evidence<MadeLocation>> {
  await andThen?.();
  return { kind: 'found', via, output: { locationId: location.id, adopted }, externalId: location.id };
}
