import { Injectable } from '@nestjs/common';
import { type GhlAccess, type GhlCall, GhlPort, type GhlUser } from '../../integrations/ghl/index.js';

export type KnownUser = GhlUser & { locationIds: string[] };

/** E-mail addresses as HighLevel compares them. */
export const emailKey = (email: string) => email.trim().toLowerCase();

/** Each call by itself, so that a step can put its lease and deadline around it. */
type Asking = <Answer>(ask: (access: GhlAccess, call?: GhlCall) => Promise<Answer>) => Promise<Answer>;

/** Whom of these people HighLevel knows, with the sub-accounts that they may enter. */
@Injectable()
export class FindUsers {
  constructor(private readonly ghl: GhlPort) {}

  async byEmail(emails: string[], asking: Asking): Promise<Map<string, KnownUser>> {
    if (emails.length === 0) return new Map();
    const found = await asking((access, call) => this.ghl.findUsersByEmail(access, emails, call));
    const known = new Map<string, KnownUser>();
    for (const user of found)
      known.set(emailKey(user.email), user.locationIds ? whole(user) : await this.byId(user.id, asking));
    return known;
  }

  async byId(id: string, asking: Asking): Promise<KnownUser> {
    return whole(await asking((access, call) => this.ghl.getUser(access, id, call)));
  }
}

const whole = (user: GhlUser): KnownUser => ({ ...user, locationIds: user.locationIds ?? [] });
