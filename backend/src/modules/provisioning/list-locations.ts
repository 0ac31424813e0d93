import { Injectable } from '@nestjs/common';
import { type GhlAccess, type GhlCall, type GhlLocation, GhlPort } from '../../integrations/ghl/index.js';
import type { BusinessProfile } from './provisioning.schema.js';
import { plainName } from './to-location.js';

const pageSize = 100;
/** More than that many are not compared before the start; each job still looks for its own business. */
const pagesAtMost = 200;

type Asking = <Answer>(ask: (access: GhlAccess, call: GhlCall) => Promise<Answer>) => Promise<Answer>;

/** All sub-accounts of an agency as they were a moment ago, found by the business. */
export class ListedLocations {
  private readonly byBusiness = new Map<string, GhlLocation[]>();
  private readonly ids = new Set<string>();

  get count(): number {
    return this.ids.size;
  }

  /** A sub-account that moved from one page to the next meanwhile is there once. */
  add(locations: readonly GhlLocation[]): void {
    for (const location of locations) {
      if (this.ids.has(location.id)) continue;
      this.ids.add(location.id);
      const key = keyOf(location.name, location.email ?? '');
      this.byBusiness.set(key, [...(this.byBusiness.get(key) ?? []), location]);
    }
  }

  of({ name, email }: Pick<BusinessProfile, 'name' | 'email'>): GhlLocation[] {
    return this.byBusiness.get(keyOf(name, email)) ?? [];
  }
}

const keyOf = (name: string, email: string) => `${email.trim().toLowerCase()}:${plainName(name)}`;

/** Reads them page by page, oldest first: what is made meanwhile comes at the end. */
@Injectable()
export class ListLocations {
  constructor(private readonly ghl: GhlPort) {}

  async all(asking: Asking): Promise<ListedLocations> {
    const listed = new ListedLocations();
    for (let page = 0; page < pagesAtMost; page++) {
      const query = { skip: page * pageSize, limit: pageSize, order: 'asc' as const };
      const found = await asking((access, call) => this.ghl.searchLocations(access, query, call));
      listed.add(found);
      if (found.length < pageSize) break;
    }
    return listed;
  }
}
