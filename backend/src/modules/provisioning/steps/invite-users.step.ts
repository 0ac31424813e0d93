import { Injectable } from '@nestjs/common';
import { done, type Step, type StepContext, type UndoResult } from '../../../engine/runs/index.js';
import { GhlPort } from '../../../integrations/ghl/index.js';
import { AppError } from '../../../platform/errors/index.js';
import { AccessTurns } from '../access-turns.js';
import { emailKey, FindUsers, type KnownUser } from '../find-users.js';
import { generatePassword } from '../generate-password.js';
import { GhlCalls } from '../ghl-calls.js';
import type { ProvisioningInput } from '../provisioning-input.js';
import type { NewTeamMember } from '../provisioning.schema.js';
import { CreateLocation } from './create-location.step.js';

export interface InvitedUsers {
  created: string[];
  added: string[];
}

/** Who existed before us, with the sub-accounts they could enter; null for those who did not. */
type Before = Record<string, string[] | null>;

/** Somebody at HighLevel may have replaced a person's list at the same moment; then access is given again. */
const roundsAtMost = 3;

/** Adds people to the sub-account. Somebody whom HighLevel knows is given access; anybody else is made. Looks first, so it may be repeated. */
@Injectable()
export class InviteUsers implements Step<ProvisioningInput, InvitedUsers> {
  static readonly step = 'invite-users';
  static readonly title = 'Invite users';
  static readonly repeat = 'after-settling';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly find: FindUsers,
    private readonly turns: AccessTurns,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { users } = ctx.input;
    if (users.length === 0) return done<InvitedUsers>({ created: [], added: [] });
    const { locationId } = ctx.outputOf(CreateLocation);
    let known = await this.findAll(ctx);
    await this.noteBefore(ctx, known);
    for (let round = 1; round <= roundsAtMost; round++) {
      const added = await this.inviteMissing(ctx, locationId, known);
      if (!added) break;
      known = await this.findAll(ctx);
    }
    const emails = users.map(({ email }) => email);
    const invited = {
      created: emails.filter((email) => this.isNew(ctx, email)),
      added: emails.filter((email) => !this.isNew(ctx, email)),
    };
    return done<InvitedUsers>(invited, { externalId: locationId });
  }

  /** Removes the people we made, and takes the sub-account from those who were there before or entered others since. */
  async undo(ctx: StepContext<ProvisioningInput>): Promise<UndoResult> {
    const before = (ctx.noted['before'] ?? {}) as Before;
    if (Object.keys(before).length === 0) return { kind: 'undone' };
    const { locationId } = ctx.outputOf(CreateLocation);
    for (const { id, email } of (await this.findAll(ctx)).values()) {
      const had = before[emailKey(email)];
      if (had === undefined || had?.includes(locationId)) continue;
      await this.turns.take(ctx, id, () => this.takeAway(ctx, id, locationId, had === null));
    }
    return { kind: 'undone' };
  }

  private async takeAway(
    ctx: StepContext<ProvisioningInput>,
    userId: string,
    locationId: string,
    madeByUs: boolean,
  ): Promise<void> {
    const user = await this.findOne(ctx, userId);
    if (!user?.locationIds.includes(locationId)) return;
    const others = user.locationIds.filter((id) => id !== locationId);
    if (madeByUs && others.length === 0) await this.remove(ctx, userId);
    else await this.setLocations(ctx, userId, others);
  }

  /** Whether somebody who was there already was given access: that must be looked at once more. */
  private async inviteMissing(
    ctx: StepContext<ProvisioningInput>,
    locationId: string,
    known: Map<string, KnownUser>,
  ): Promise<boolean> {
    const { users } = ctx.input;
    let added = false;
    for (const [index, user] of users.entries()) {
      const present = known.get(emailKey(user.email)) ?? (await this.create(ctx, locationId, user));
      if (present && !present.locationIds.includes(locationId)) {
        await this.giveAccess(ctx, present.id, locationId);
        ctx.log('info', 'Existing user given access', { email: user.email });
        added = true;
      }
      await ctx.progress(index + 1, users.length);
    }
    return added;
  }

  private findAll(ctx: StepContext<ProvisioningInput>): Promise<Map<string, KnownUser>> {
    const emails = ctx.input.users.map(({ email }) => email);
    return this.find.byEmail(emails, (ask) => this.calls.company(ctx, ask));
  }

  /** Before the first effect, once: a later look would find our own work. */
  private async noteBefore(ctx: StepContext<ProvisioningInput>, known: Map<string, KnownUser>): Promise<void> {
    if (ctx.noted['before'] !== undefined) return;
    const before: Before = Object.fromEntries(
      ctx.input.users.map(({ email }) => [emailKey(email), known.get(emailKey(email))?.locationIds ?? null]),
    );
    await ctx.note({ before });
  }

  private isNew(ctx: StepContext<ProvisioningInput>, email: string): boolean {
    return (ctx.noted['before'] as Before)[emailKey(email)] === null;
  }

  /** Returns the person when another job made them first; nothing when we did. */
  private async create(
    ctx: StepContext<ProvisioningInput>,
    locationId: string,
    { firstName, lastName, email, role, type }: NewTeamMember,
  ): Promise<KnownUser | undefined> {
    const user = { firstName, lastName, email, role, type, password: generatePassword(), locationIds: [locationId] };
    try {
      await this.calls.company(ctx, (access, call) => this.ghl.createUser(access, user, call));
    } catch (error) {
      const present = isConflict(error) ? (await this.findAll(ctx)).get(emailKey(email)) : undefined;
      if (!present) throw error;
      return present;
    }
    ctx.log('info', 'User created', { email, role, type });
    return undefined;
  }

  /** HighLevel replaces the whole list: read anew, and no two changes of one person at once. */
  private giveAccess(ctx: StepContext<ProvisioningInput>, userId: string, locationId: string): Promise<void> {
    return this.turns.take(ctx, userId, async () => {
      const user = await this.findOne(ctx, userId);
      // Removed meanwhile, by the undoing of the job that had made them: the next look makes them anew.
      if (user && !user.locationIds.includes(locationId))
        await this.setLocations(ctx, userId, [...user.locationIds, locationId]);
    });
  }

  private async setLocations(ctx: StepContext<ProvisioningInput>, userId: string, ids: string[]): Promise<void> {
    const wanted = [...new Set(ids)];
    await this.calls.company(ctx, (access, call) => this.ghl.setUserLocations(access, userId, wanted, call));
  }

  private async findOne(ctx: StepContext<ProvisioningInput>, userId: string): Promise<KnownUser | undefined> {
    try {
      return await this.find.byId(userId, (ask) => this.calls.company(ctx, ask));
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  private async remove(ctx: StepContext<ProvisioningInput>, userId: string): Promise<void> {
    try {
      await this.calls.company(ctx, (access, call) => this.ghl.deleteUser(access, userId, call));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
    }
  }
}

const isConflict = (error: unknown) => error instanceof AppError && error.kind === 'conflict';
