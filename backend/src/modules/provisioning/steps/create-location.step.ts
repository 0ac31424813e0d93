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
import { differencesOf, plainName, toNewLocation } from '../to-location.js';
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
    // Both are noted right before the call, in a write that only the holder of the run can make.
    if (ctx.noted[adoptLocationId ? 'was' : 'before'] === undefined) return { kind: 'not-asked' };
    if (adoptLocationId) {
      const live = await this.get(ctx, adoptLocationId);
      return differencesOf(business, live).length === 0 ? found(live.id, 'search', true) : { kind: 'none' };
    }
    const before = beforeOf(ctx)!;
    if (!ctx.noted['lost']) await ctx.note({ lost: true });
    const told = await this.toldByWebhook(ctx);
    const seen = await this.calls.company(ctx, (access, call) => this.find.madeSince(before, access, business, call));
    const ids = [...new Set([...told, ...seen.map(({ id }) => id)])];
    return this.judge(ctx, before, ids, new Set(told));
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
    if (!beforeOf(ctx)) await this.noteBefore(ctx);
    ctx.log('info', 'Asking HighLevel for a new sub-account', { name: business.name, snapshotId });
    const wanted = { ...toNewLocation(business), ...(snapshotId ? { snapshotId } : {}) };
    const location = await this.calls
      .company(ctx, (access, call) => this.ghl.createLocation(access, wanted, call))
      .catch((error) => this.notMade(ctx, error));
    await this.audits.schedule(ctx, location.id);
    ctx.log('info', 'Sub-account created', { locationId: location.id });
    return done<MadeLocation>({ locationId: location.id, adopted: false }, { externalId: location.id });
  }

  private async noteBefore(ctx: StepContext<ProvisioningInput>): Promise<void> {
    const { business } = ctx.input;
    const same = await this.calls.company(ctx, (access, call) => this.find.byEmail(access, business, call));
    if (same.length > 0) {
      throw new AppError(
        'conflict',
        'location-exists',
        `HighLevel already has a sub-account “${business.name}” with this e-mail. Plan again and take it over, or change the name.`,
        { evidence: { locationIds: same.map(({ id }) => id) } },
      );
    }
    const before = await this.calls.company(ctx, (access, call) => this.find.newestIds(access, call));
    await ctx.note({ before });
  }

  /** While no call of ours was ever lost, a certain refusal leaves nothing of ours: the next attempt looks anew at what is there. */
  private async notMade(ctx: StepContext<ProvisioningInput>, error: unknown): Promise<never> {
    const certain = error instanceof AppError && error.kind !== 'unknown-outcome';
    if (certain && !ctx.noted['lost']) await ctx.note({ before: undefined });
    throw error;
  }

  private async adopt(ctx: StepContext<ProvisioningInput>, locationId: string) {
    const { business } = ctx.input;
    const live = await this.get(ctx, locationId);
    const differences = differencesOf(business, live);
    if (ctx.noted['was'] === undefined)
      await ctx.note({ was: Object.fromEntries(differences.map(({ field, from }) => [field, from])) });
    if (differences.length > 0) {
      const wanted = toNewLocation(business);
      await this.calls.company(ctx, (access, call) => this.ghl.updateLocation(access, locationId, wanted, call));
    }
    ctx.log('info', 'Sub-account taken over', { locationId, changed: differences.map(({ field }) => field) });
    return done<MadeLocation>({ locationId, adopted: true }, { externalId: locationId });
  }

  /** HighLevel tells of each new sub-account; the event of ours may be here before any search knows it. */
  private async toldByWebhook(ctx: StepContext<ProvisioningInput>): Promise<string[]> {
    const { business } = ctx.input;
    const events = await this.transaction.run(ctx.tenant, (tx) =>
      this.inbox.find(tx, 'ghl', 'LocationCreate', ctx.intentAt),
    );
    return events
      .map(({ payload }) => payload)
      .filter(
        ({ id, name, email }) =>
          sameText(email, business.email) && sameText(name, business.name) && typeof id === 'string',
      )
      .map(({ id }) => id as string);
  }

  private async judge(
    ctx: StepContext<ProvisioningInput>,
    before: string[],
    ids: string[],
    told: ReadonlySet<string>,
  ): Promise<Evidence<MadeLocation>> {
    const candidates = await this.notOthers(ctx, before, ids);
    if (candidates.length === 0) return { kind: 'none' };
    if (candidates.length === 1) {
      const [locationId] = candidates;
      await this.audits.schedule(ctx, locationId);
      return found(locationId, told.has(locationId) ? 'webhook' : 'search', false);
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

  /** What was there before our call, what another job made, and what was told of but is gone, is not ours. */
  private async notOthers(ctx: StepContext<ProvisioningInput>, before: string[], ids: string[]): Promise<string[]> {
    const recorded = await this.transaction.run(ctx.tenant, (tx) =>
      this.runs.recordedExternalIds(tx, createLocationStep, ids),
    );
    const candidates = ids.filter((id) => !before.includes(id) && (recorded.get(id) ?? ctx.runId) === ctx.runId);
    const there = await Promise.all(candidates.map((id) => this.exists(ctx, id)));
    return candidates.filter((_, index) => there[index]);
  }

  /** Puts back what we changed. What somebody changed since is left to them; a field that was empty cannot be emptied again. */
  private async giveBack(ctx: StepContext<ProvisioningInput>, locationId: string): Promise<UndoResult> {
    const was = Object.entries((ctx.noted['was'] ?? {}) as Record<string, string | null>);
    if (was.length === 0 || !(await this.exists(ctx, locationId))) return { kind: 'undone' };
    const changedSince = new Set<string>(
      differencesOf(ctx.input.business, await this.get(ctx, locationId)).map(({ field }) => field),
    );
    const restored = was.filter(([field, value]) => value !== null && !changedSince.has(field));
    if (restored.length > 0) {
      const fields = Object.fromEntries(restored) as GhlLocationChanges;
      await this.calls.company(ctx, (access, call) => this.ghl.updateLocation(access, locationId, fields, call));
    }
    const names = (entries: [string, unknown][]) => entries.map(([field]) => field);
    return {
      kind: 'undone',
      evidence: { restored: names(restored), left: names(was.filter((each) => !restored.includes(each))) },
    };
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

/** Ids that are not ours; absent until the moment before the first call. */
const beforeOf = (ctx: StepContext<ProvisioningInput>) => ctx.noted['before'] as string[] | undefined;

const found = (locationId: string, via: Exclude<Via, 'direct'>, adopted: boolean): Evidence<MadeLocation> => ({
  kind: 'found',
  via,
  output: { locationId, adopted },
  externalId: locationId,
});
