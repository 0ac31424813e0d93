import { Injectable } from '@nestjs/common';
import { done, type Step, type StepContext, type UndoResult } from '../../../engine/runs/index.js';
import { GhlPort, type GhlUser } from '../../../integrations/ghl/index.js';
import { AppError } from '../../../platform/errors/index.js';
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
const key = (email: string) => email.trim().toLowerCase();

/** Adds people to the sub-account. Somebody whom HighLevel knows is given access; anybody else is made. Looks first, so it may be repeated. */
@Injectable()
export class InviteUsers implements Step<ProvisioningInput, InvitedUsers> {
  static readonly step = 'invite-users';
  static readonly title = 'Invite users';
  static readonly repeat = 'after-settling';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { users } = ctx.input;
    const invited: InvitedUsers = { created: [], added: [] };
    if (users.length === 0) return done(invited);
    const { locationId } = ctx.outputOf(CreateLocation);
    const known = await this.findAll(ctx);
    await this.noteBefore(ctx, known);
    for (const [index, user] of users.entries()) {
      const present = known.get(key(user.email));
      if (!present) await this.create(ctx, locationId, user);
      else if (!present.locationIds!.includes(locationId)) await this.add(ctx, locationId, present);
      (this.isNew(ctx, user.email) ? invited.created : invited.added).push(user.email);
      await ctx.progress(index + 1, users.length);
    }
    return done(invited, { externalId: locationId });
  }

  /** Removes the people we made, and takes the sub-account from those who were there before. */
  async undo(ctx: StepContext<ProvisioningInput>): Promise<UndoResult> {
    const before = (ctx.noted['before'] ?? {}) as Before;
    if (Object.keys(before).length === 0) return { kind: 'undone' };
    const { locationId } = ctx.outputOf(CreateLocation);
    for (const user of (await this.findAll(ctx)).values()) {
      const had = before[key(user.email)];
      if (had === undefined) continue;
      if (had === null) await this.remove(ctx, user.id);
      else if (!had.includes(locationId) && user.locationIds!.includes(locationId)) {
        const rest = user.locationIds!.filter((id) => id !== locationId);
        await this.calls.company(ctx, (access, call) => this.ghl.setUserLocations(access, user.id, rest, call));
      }
    }
    return { kind: 'undone' };
  }

  private async findAll(ctx: StepContext<ProvisioningInput>): Promise<Map<string, GhlUser>> {
    const emails = ctx.input.users.map(({ email }) => email);
    const found = await this.calls.company(ctx, (access, call) => this.ghl.findUsersByEmail(access, emails, call));
    const known = new Map<string, GhlUser>();
    for (const user of found) {
      const whole = user.locationIds
        ? user
        : await this.calls.company(ctx, (access, call) => this.ghl.getUser(access, user.id, call));
      known.set(key(user.email), { ...whole, locationIds: whole.locationIds ?? [] });
    }
    return known;
  }

  /** Before the first effect, once: a later look would find our own work. */
  private async noteBefore(ctx: StepContext<ProvisioningInput>, known: Map<string, GhlUser>): Promise<void> {
    if (ctx.noted['before'] !== undefined) return;
    const before: Before = Object.fromEntries(
      ctx.input.users.map(({ email }) => [key(email), known.get(key(email))?.locationIds ?? null]),
    );
    await ctx.note({ before });
  }

  private isNew(ctx: StepContext<ProvisioningInput>, email: string): boolean {
    return (ctx.noted['before'] as Before)[key(email)] === null;
  }

  private async create(
    ctx: StepContext<ProvisioningInput>,
    locationId: string,
    { firstName, lastName, email, role, type }: NewTeamMember,
  ): Promise<void> {
    const user = { firstName, lastName, email, role, type, password: generatePassword(), locationIds: [locationId] };
    await this.calls.company(ctx, (access, call) => this.ghl.createUser(access, user, call));
    ctx.log('info', 'User created', { email, role, type });
  }

  private async add(ctx: StepContext<ProvisioningInput>, locationId: string, user: GhlUser): Promise<void> {
    await this.calls.company(ctx, (access, call) =>
      this.ghl.setUserLocations(access, user.id, [...user.locationIds!, locationId], call),
    );
    ctx.log('info', 'Existing user given access', { email: user.email });
  }

  private async remove(ctx: StepContext<ProvisioningInput>, userId: string): Promise<void> {
    try {
      await this.calls.company(ctx, (access, call) => this.ghl.deleteUser(access, userId, call));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
    }
  }
}
