import { Injectable } from '@nestjs/common';
import { type GhlAccess, type GhlCall, type GhlLocation, GhlPort } from '../../integrations/ghl/index.js';
import type { BusinessProfile } from './provisioning.schema.js';
import { differencesOf, plainName } from './to-location.js';

const pageSize = 100;
const pagesAtMost = 10;

/**
 * Finds sub-accounts of a business. HighLevel's search knows only company and e-mail, and whether a sub-account's e-mail is
 * the one it was made with is not documented; so the newest sub-accounts are compared field by field as well.
 */
@Injectable()
export class FindLocation {
  constructor(private readonly ghl: GhlPort) {}

  /** By e-mail alone: one call. Same name and e-mail first. */
  async byEmail(access: GhlAccess, business: BusinessProfile, call?: GhlCall): Promise<GhlLocation[]> {
    const found = await this.ghl.searchLocations(access, { email: business.email, limit: pageSize }, call);
    return found.filter((location) => plainName(location.name) === plainName(business.name));
  }

  /** Everything that looks like what we would have made, by e-mail and among the newest. */
  async alike(access: GhlAccess, business: BusinessProfile, call?: GhlCall): Promise<GhlLocation[]> {
    const found = new Map((await this.byEmail(access, business, call)).map((location) => [location.id, location]));
    for (let page = 0; page < pagesAtMost; page++) {
      const newest = await this.ghl.searchLocations(
        access,
        { skip: page * pageSize, limit: pageSize, order: 'desc' },
        call,
      );
      for (const location of newest) if (looksMadeFor(business, location)) found.set(location.id, location);
      if (newest.length < pageSize) break;
    }
    return [...found.values()];
  }
}

/** Same name, and no field that both sides have differs. */
export function looksMadeFor(business: BusinessProfile, location: GhlLocation): boolean {
  return (
    plainName(location.name) === plainName(business.name) &&
    differencesOf(business, location).every(({ field, from }) => field === 'name' || from === null || from === '')
  );
}
