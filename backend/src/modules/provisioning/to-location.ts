import type { GhlLocation, GhlNewLocation } from '../../integrations/ghl/index.js';
import type { BusinessProfile } from './provisioning.schema.js';

/** The business in HighLevel's fields. Its e-mail travels with the contact person, who needs a first and a last name. */
export function toNewLocation(business: BusinessProfile): GhlNewLocation {
  const { name, phone, address, city, state, postalCode, country, website, timezone, email } = business;
  const prospect = {
    firstName: business.contactFirstName ?? name,
    lastName: business.contactLastName ?? 'Team',
    email,
  };
  return { name, phone, address, city, state, postalCode, country, website, timezone, prospect };
}

/** Fields that are planned, compared and verified, in the order people read them. */
export const comparedFields = [
  'name',
  'email',
  'phone',
  'address',
  'city',
  'state',
  'postalCode',
  'country',
  'website',
  'timezone',
] as const;
export type ComparedField = (typeof comparedFields)[number];

export interface FieldDifference {
  field: ComparedField;
  from: string | null;
  to: string;
}

/** Where the live sub-account differs from what the business says; what the business leaves open is not compared. */
export function differencesOf(business: BusinessProfile, live: Partial<GhlLocation>): FieldDifference[] {
  return comparedFields.flatMap((field) => {
    const to = business[field];
    const from = live[field] ?? null;
    return to === undefined || same(field, from, to) ? [] : [{ field, from, to }];
  });
}

function same(field: ComparedField, live: string | null, wanted: string): boolean {
  if (live === null) return false;
  const plain = (text: string) => text.trim().replace(/\s+/g, ' ');
  if (field === 'email') return plain(live).toLowerCase() === plain(wanted).toLowerCase();
  if (field === 'phone') return live.replace(/[^\d+]/g, '') === wanted.replace(/[^\d+]/g, '');
  if (field === 'website')
    return plain(live).replace(/\/+$/, '').toLowerCase() === plain(wanted).replace(/\/+$/, '').toLowerCase();
  return plain(live) === plain(wanted);
}

/** Names as people compare them. */
export const plainName = (name: string) => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

/** One business at one HighLevel agency: at most one provisioning of it is under way. */
export const businessKey = (connectionId: string, business: Pick<BusinessProfile, 'name' | 'email'>) =>
  `${connectionId}:${business.email.trim().toLowerCase()}:${plainName(business.name)}`;
