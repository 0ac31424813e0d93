import type { Secret } from '../../platform/crypto/secret.js';
import type { GhlBreaker } from './ghl-breaker.js';
import type { GhlSpender } from './rate/rate-resource.js';
import type { GhlLane } from './rate/rate-rules.js';

export type { GhlSpender } from './rate/rate-resource.js';
export type { GhlLane } from './rate/rate-rules.js';

/**
 * What Switchyard needs from HighLevel, in our words. Facts about the vendor are noted at the client.
 *
 * Promises of every implementation:
 * - it never repeats a call by itself and follows no redirect;
 * - every call ends at its deadline or when `signal` aborts, whichever is first;
 * - a failure is an AppError whose kind is true: `transient`, `rate-limited` and `auth` mean that the call was
 *   certainly not applied; `unknown-outcome` means that a write may have been applied; every other kind means
 *   that HighLevel refused it;
 * - a failed read is never `unknown-outcome`: reading again is always safe;
 * - no token, password or client secret appears in an error, its evidence or its cause.
 */
export abstract class GhlPort {
  // connecting
  abstract consentUrl(request: { state: string; redirectUri: string }): string;
  abstract exchangeCode(code: string, redirectUri: string, call?: GhlCall): Promise<GhlGrant>;
  abstract refreshGrant(refreshToken: Secret, holder: GhlHolder, call?: GhlCall): Promise<GhlGrant>;
  abstract mintLocationToken(access: GhlAccess, locationId: string, call?: GhlCall): Promise<GhlLocationToken>;
  abstract installedLocations(
    access: GhlAccess,
    page: { skip: number; limit: number },
    call?: GhlCall,
  ): Promise<GhlInstalledLocations>;
  abstract getCompany(access: GhlAccess, call?: GhlCall): Promise<{ id: string; name: string }>;
  /** Removes the app from the agency. */
  abstract uninstall(access: GhlAccess, call?: GhlCall): Promise<void>;

  // sub-accounts
  abstract createLocation(access: GhlAccess, input: GhlNewLocation, call?: GhlCall): Promise<GhlLocation>;
  abstract getLocation(access: GhlAccess, locationId: string, call?: GhlCall): Promise<GhlLocation>;
  /** One page, newest first when `order` is `desc`; a page shorter than `limit` is the last one. */
  abstract searchLocations(access: GhlAccess, query: GhlLocationQuery, call?: GhlCall): Promise<GhlLocation[]>;
  abstract updateLocation(
    access: GhlAccess,
    locationId: string,
    changes: GhlLocationChanges,
    call?: GhlCall,
  ): Promise<GhlLocation>;
  /** Not open to every app: a refusal is `forbidden`, and a person has to remove the sub-account in HighLevel. */
  abstract deleteLocation(access: GhlAccess, locationId: string, call?: GhlCall): Promise<void>;

  // snapshots
  abstract listSnapshots(access: GhlAccess, call?: GhlCall): Promise<GhlSnapshot[]>;
  /** Starts loading into an existing sub-account, or loads again what is missing. */
  abstract loadSnapshot(access: GhlAccess, locationId: string, snapshotId: string, call?: GhlCall): Promise<void>;
  /** All loads of one snapshot in a period, for many sub-accounts with one call. */
  abstract snapshotLoads(
    access: GhlAccess,
    snapshotId: string,
    period: { from: Date; to: Date },
    call?: GhlCall,
  ): Promise<GhlSnapshotLoad[]>;
  /** One load with its assets, or `undefined` when HighLevel knows of no load. */
  abstract snapshotLoad(
    access: GhlAccess,
    snapshotId: string,
    locationId: string,
    call?: GhlCall,
  ): Promise<GhlSnapshotLoadDetail | undefined>;

  // custom values; `access` must be a location's
  abstract listCustomValues(access: GhlAccess, locationId: string, call?: GhlCall): Promise<GhlCustomValue[]>;
  abstract createCustomValue(
    access: GhlAccess,
    locationId: string,
    value: { name: string; value: string },
    call?: GhlCall,
  ): Promise<GhlCustomValue>;
  abstract updateCustomValue(
    access: GhlAccess,
    locationId: string,
    id: string,
    value: { name: string; value: string },
    call?: GhlCall,
  ): Promise<GhlCustomValue>;
  abstract deleteCustomValue(access: GhlAccess, locationId: string, id: string, call?: GhlCall): Promise<void>;

  // users
  abstract findUsersByEmail(access: GhlAccess, emails: string[], call?: GhlCall): Promise<GhlUser[]>;
  abstract usersOfLocation(access: GhlAccess, locationId: string, call?: GhlCall): Promise<GhlUser[]>;
  abstract getUser(access: GhlAccess, userId: string, call?: GhlCall): Promise<GhlUser>;
  abstract createUser(access: GhlAccess, input: GhlNewUser, call?: GhlCall): Promise<GhlUser>;
  /** Replaces the sub-accounts a user may enter: always send the full list. */
  abstract setUserLocations(access: GhlAccess, userId: string, locationIds: string[], call?: GhlCall): Promise<GhlUser>;
  /** Queued by HighLevel: the user disappears a moment later. */
  abstract deleteUser(access: GhlAccess, userId: string, call?: GhlCall): Promise<void>;

  /** Milliseconds until the last of so many further calls could be sent, everything already waiting first. */
  abstract forecast(spender: GhlSpender, calls: number, lane?: GhlLane): Promise<number>;

  /** Is the API there at all? Resolves when it answers anything below 500. */
  abstract probe(call?: GhlCall): Promise<void>;
}

export type GhlHolder = 'Company' | 'Location';

/** A token that is good now, whom it speaks for, and when it ends by our own clock. */
export interface GhlAccess {
  token: Secret;
  holder: GhlHolder;
  companyId: string;
  /** Set when the token is a location's. */
  locationId?: string;
  expiresAt: Date;
  /** Holds calls back while HighLevel fails for this connection. */
  breaker?: GhlBreaker;
}

export interface GhlCall {
  signal?: AbortSignal;
  /** Who is served first when calls are scarce; `default` when absent. */
  lane?: GhlLane;
  /** Total time in milliseconds; the configured call deadline when absent. */
  deadlineMs?: number;
  /** For a call that carries no access. */
  breaker?: GhlBreaker;
}

/** Answer of the token endpoint. */
export interface GhlGrant {
  holder: GhlHolder;
  companyId: string;
  locationId?: string;
  userId?: string;
  accessToken: Secret;
  refreshToken: Secret;
  expiresAt: Date;
  scopes: string[];
  installToFutureLocations?: boolean;
}

export interface GhlLocationToken {
  accessToken: Secret;
  locationId: string;
  companyId: string;
  expiresAt: Date;
}

export interface GhlInstalledLocations {
  locations: { id: string; name: string; isInstalled: boolean }[];
  /** All sub-accounts of the agency, whether the app is installed or not. */
  count: number;
  /** Will sub-accounts made from now on get the app by themselves? */
  installToFutureLocations: boolean;
}

/** The fields of a sub-account that the API can set at creation. */
export interface GhlNewLocation {
  name: string;
  phone?: string;
  address?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  /** Two letters, such as `US`. */
  country?: string;
  website?: string;
  /** IANA name, such as `America/Chicago`. */
  timezone?: string;
  /** Contact person; HighLevel takes the sub-account's e-mail from here. */
  prospect?: { firstName: string; lastName: string; email: string };
  snapshotId?: string;
}

export type GhlLocationChanges = Partial<Omit<GhlNewLocation, 'snapshotId'>>;

export interface GhlLocation {
  id: string;
  companyId: string;
  name: string;
  email?: string;
  phone?: string;
  address?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  country?: string;
  website?: string;
  timezone?: string;
}

export interface GhlLocationQuery {
  email?: string;
  skip?: number;
  /** At most 100. */
  limit?: number;
  order?: 'asc' | 'desc';
}

export interface GhlSnapshot {
  id: string;
  name: string;
  type: 'own' | 'imported';
}

/** HighLevel's own word for a load, as it came; see `snapshotLoadState` for what it means to us. */
export interface GhlSnapshotLoad {
  locationId: string;
  status: string;
  startedAt?: Date;
}

export interface GhlSnapshotLoadDetail {
  status: string;
  completed: string[];
  pending: string[];
}

export interface GhlCustomValue {
  id: string;
  name: string;
  value: string;
  fieldKey?: string;
}

export interface GhlNewUser {
  firstName: string;
  lastName: string;
  email: string;
  /** At least 12 characters with upper case, lower case, digit and special character. */
  password: Secret;
  type: 'account' | 'agency';
  role: 'admin' | 'user';
  locationIds: string[];
  phone?: string;
}

export interface GhlUser {
  id: string;
  email: string;
  firstName?: string;
  lastName?: string;
  /** Absent where HighLevel left it out of the answer. */
  type?: string;
  role?: string;
  locationIds?: string[];
}
