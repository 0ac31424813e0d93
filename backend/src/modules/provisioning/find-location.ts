import { Injectable } from '@nestjs/common';
import { type GhlAccess, type GhlCall, type GhlLocation, GhlPort } from '../../integrations/ghl/index.js';
import type { BusinessProfile } from './provisioning.schema.js';
import { differencesOf, plainName } from './to-location.js';

const pageSize = 100;
const pagesAtMost = 10;
/** Several, because any one of them may be deleted meanwhile. */
const landmarks = 20;

/**
 * Finds sub-accounts of a business. HighLevel's search knows only company and e-mail, and whether a sub-account's e-mail is
 * the one it was made with is not documented; so the newest sub-accounts are compared field by field as well. Answers carry no
 * date: what was there before is told by ids that were noted before.
 */
@Injectable()
export class FindLocation {
  constructor(private readonly ghl: GhlPort) {}

  /** By e-mail alone, and of the same name: one call. */
  async byEmail(access: GhlAccess, business: BusinessProfile, call?: GhlCall): Promise<GhlLocation[]> {
    const found = await this.ghl.searchLocations(access, { email: business.email, limit: pageSize }, call);
    return found.filter((location) => plainName(location.name) === plainName(business.name));
  }

  /** Landmarks in the list of all sub-accounts: what is listed before them came later. One call. */
  async newestIds(access: GhlAccess, call?: GhlCall): Promise<string[]> {
    const newest = await this.ghl.searchLocations(access, { limit: landmarks, order: 'desc' }, call);
    return newest.map(({ id }) => id);
  }

  /** Everything that looks like what we would have made and came after the landmarks, by e-mail and among the newest. */
  async madeSince(
    before: string[],
    access: GhlAccess,
    business: BusinessProfile,
    call?: GhlCall,
  ): Promise<GhlLocation[]> {
    const found = new Map((await this.byEmail(access, business, call)).map((location) => [location.id, location]));
    for (let page = 0; page < pagesAtMost; page++) {
      const newest = await this.ghl.searchLocations(
        access,
        { skip: page * pageSize, limit: pageSize, order: 'desc' },
        call,
      );
      const landmark = newest.findIndex(({ id }) => before.includes(id));
      const since = landmark < 0 ? newest : newest.slice(0, landmark);
      for (const location of since) if (looksMadeFor(business, location)) found.set(location.id, location);
      if (landmark >= 0 || newest.length < pageSize) break;
    }
    return [...found.values()].filter(({ id }) => !before.includes(id));
  }
}

/** Same name, and no field that both sides have differs. */
export function looksMadeFor(business: BusinessProfile, location: GhlLocation): boolean {
  return (
    plainName(location.name) === plainName(business.name) &&
    differencesOf(business, location).every(({ field, from }) => field === 'name' || from === null || from === '')
  );
}

/** Made for the same business, even when a field was changed since. */
export function isSecond(business: BusinessProfile, location: GhlLocation): boolean {
  const sameEmail = location.email?.trim().toLowerCase() === business.email.trim().toLowerCase();
  return (sameEmail && plainName(location.name) === plainName(business.name)) || looksMadeFor(business, location);
}
