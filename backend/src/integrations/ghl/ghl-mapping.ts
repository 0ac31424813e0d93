import type { z } from 'zod';
import { Secret } from '../../platform/crypto/secret.js';
import type * as port from './ghl.port.js';
import type * as answers from './ghl.schema.js';

/* HighLevel's names to the port's, one function per thing. */

/** Expiry counts from before the call was sent, so that we never believe in a token longer than HighLevel does. */
export function toGrant(grant: z.output<typeof answers.GrantAnswer>, before: Date): port.GhlGrant {
  return {
    holder: grant.userType ?? (grant.locationId ? 'Location' : 'Company'),
    companyId: grant.companyId,
    locationId: grant.locationId,
    userId: grant.userId,
    accessToken: new Secret(grant.access_token),
    refreshToken: new Secret(grant.refresh_token),
    expiresAt: new Date(before.getTime() + grant.expires_in * 1000),
    scopes: grant.scope?.split(/[\s,]+/).filter(Boolean) ?? [],
    installToFutureLocations: grant.installToFutureLocations,
  };
}

export function toLocationToken(
  token: z.output<typeof answers.LocationTokenAnswer>,
  asked: { companyId: string; locationId: string },
  before: Date,
): port.GhlLocationToken {
  return {
    accessToken: new Secret(token.access_token),
    locationId: token.locationId ?? asked.locationId,
    companyId: token.companyId ?? asked.companyId,
    expiresAt: new Date(before.getTime() + token.expires_in * 1000),
  };
}

export function toInstalledLocations(
  answer: z.output<typeof answers.InstalledLocationsAnswer>,
): port.GhlInstalledLocations {
  const locations = answer.locations.flatMap((location) => {
    const id = location._id ?? location.id;
    return id ? [{ id, name: location.name ?? '', isInstalled: location.isInstalled ?? false }] : [];
  });
  return {
    locations,
    count: answer.count ?? locations.length,
    installToFutureLocations: answer.installToFutureLocations ?? false,
  };
}

export function toLocation({ companyId, name, ...rest }: answers.LocationAnswer, ofCompany: string): port.GhlLocation {
  return { ...rest, companyId: companyId ?? ofCompany, name: name ?? '' };
}

export function toLocationBody({ prospect, ...input }: port.GhlLocationChanges): object {
  const { name, phone, address, city, state, postalCode, country, website, timezone } = input;
  const prospectInfo = prospect && {
    firstName: prospect.firstName,
    lastName: prospect.lastName,
    email: prospect.email,
  };
  return { name, phone, address, city, state, postalCode, country, website, timezone, prospectInfo };
}

export function toSnapshot(snapshot: { id: string; name?: string; type?: string }): port.GhlSnapshot {
  return { id: snapshot.id, name: snapshot.name ?? '', type: snapshot.type === 'imported' ? 'imported' : 'own' };
}

export function toCustomValue({ id, name, value, fieldKey }: answers.CustomValueAnswer): port.GhlCustomValue {
  return { id, name: name ?? '', value: value ?? '', fieldKey };
}

/** Type, role and sub-accounts come under `roles`; some answers have them flat or not at all. */
export function toUser({ roles, ...user }: answers.UserAnswer): port.GhlUser {
  return {
    ...user,
    email: user.email ?? '',
    type: user.type ?? roles?.type,
    role: user.role ?? roles?.role,
    locationIds: user.locationIds ?? roles?.locationIds,
  };
}
