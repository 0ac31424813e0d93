/** Endpoints that a failing part of HighLevel takes down together: what a circuit breaker guards. */
export const endpointGroups = ['oauth', 'companies', 'locations', 'snapshots', 'custom-values', 'users'] as const;
export type GhlEndpointGroup = (typeof endpointGroups)[number];

/**
 * Every endpoint we call. `spends` names the rate budget: HighLevel counts per app and resource (one sub-account,
 * or the agency), and we take the resource to be the token's holder. That minting counts for the agency is not
 * documented, so we assume it. The token endpoint itself has no token and no documented limit.
 */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  effect: 'read' | 'write';
  spends: 'company' | 'location' | 'holder' | 'nothing';
  group: GhlEndpointGroup;
  scope?: string;
}

export const endpoints = {
  exchangeCode: { method: 'POST', path: '/oauth/token', effect: 'write', spends: 'nothing', group: 'oauth' },
  refreshGrant: { method: 'POST', path: '/oauth/token', effect: 'write', spends: 'nothing', group: 'oauth' },
  // A second location token does no harm and replaces nothing, so a lost answer is simply asked for again.
  mintLocationToken: {
    method: 'POST',
    path: '/oauth/locationToken',
    effect: 'read',
    spends: 'company',
    group: 'oauth',
    scope: 'oauth.write',
  },
  installedLocations: {
    method: 'GET',
    path: '/oauth/installedLocations',
    effect: 'read',
    spends: 'company',
    group: 'oauth',
    scope: 'oauth.readonly',
  },
  getCompany: {
    method: 'GET',
    path: '/companies/{companyId}',
    effect: 'read',
    spends: 'company',
    group: 'companies',
    scope: 'companies.readonly',
  },
  uninstall: {
    method: 'DELETE',
    path: '/marketplace/app/{appId}/installations',
    effect: 'write',
    spends: 'company',
    group: 'oauth',
    scope: 'oauth.write',
  },

  createLocation: {
    method: 'POST',
    path: '/locations/',
    effect: 'write',
    spends: 'company',
    group: 'locations',
    scope: 'locations.write',
  },
  getLocation: {
    method: 'GET',
    path: '/locations/{locationId}',
    effect: 'read',
    spends: 'holder',
    group: 'locations',
    scope: 'locations.readonly',
  },
  searchLocations: {
    method: 'GET',
    path: '/locations/search',
    effect: 'read',
    spends: 'holder',
    group: 'locations',
    scope: 'locations.readonly',
  },
  updateLocation: {
    method: 'PUT',
    path: '/locations/{locationId}',
    effect: 'write',
    spends: 'company',
    group: 'locations',
    scope: 'locations.write',
  },
  deleteLocation: {
    method: 'DELETE',
    path: '/locations/{locationId}',
    effect: 'write',
    spends: 'company',
    group: 'locations',
    scope: 'locations.internal-access-only',
  },

  listSnapshots: {
    method: 'GET',
    path: '/snapshots/',
    effect: 'read',
    spends: 'company',
    group: 'snapshots',
    scope: 'snapshots.readonly',
  },
  loadSnapshot: {
    method: 'PUT',
    path: '/locations/{locationId}',
    effect: 'write',
    spends: 'company',
    group: 'locations',
    scope: 'locations.write',
  },
  snapshotLoads: {
    method: 'GET',
    path: '/snapshots/snapshot-status/{snapshotId}',
    effect: 'read',
    spends: 'company',
    group: 'snapshots',
    scope: 'snapshots.readonly',
  },
  snapshotLoad: {
    method: 'GET',
    path: '/snapshots/snapshot-status/{snapshotId}/location/{locationId}',
    effect: 'read',
    spends: 'company',
    group: 'snapshots',
    scope: 'snapshots.readonly',
  },

  listCustomValues: {
    method: 'GET',
    path: '/locations/{locationId}/customValues',
    effect: 'read',
    spends: 'location',
    group: 'custom-values',
    scope: 'locations/customValues.readonly',
  },
  createCustomValue: {
    method: 'POST',
    path: '/locations/{locationId}/customValues',
    effect: 'write',
    spends: 'location',
    group: 'custom-values',
    scope: 'locations/customValues.write',
  },
  updateCustomValue: {
    method: 'PUT',
    path: '/locations/{locationId}/customValues/{id}',
    effect: 'write',
    spends: 'location',
    group: 'custom-values',
    scope: 'locations/customValues.write',
  },
  deleteCustomValue: {
    method: 'DELETE',
    path: '/locations/{locationId}/customValues/{id}',
    effect: 'write',
    spends: 'location',
    group: 'custom-values',
    scope: 'locations/customValues.write',
  },

  findUsersByEmail: {
    method: 'POST',
    path: '/users/search/filter-by-email',
    effect: 'read',
    spends: 'company',
    group: 'users',
    scope: 'users.readonly',
  },
  usersOfLocation: {
    method: 'GET',
    path: '/users/search',
    effect: 'read',
    spends: 'holder',
    group: 'users',
    scope: 'users.readonly',
  },
  getUser: {
    method: 'GET',
    path: '/users/{userId}',
    effect: 'read',
    spends: 'holder',
    group: 'users',
    scope: 'users.readonly',
  },
  createUser: {
    method: 'POST',
    path: '/users/',
    effect: 'write',
    spends: 'holder',
    group: 'users',
    scope: 'users.write',
  },
  setUserLocations: {
    method: 'PUT',
    path: '/users/{userId}',
    effect: 'write',
    spends: 'holder',
    group: 'users',
    scope: 'users.write',
  },
  deleteUser: {
    method: 'DELETE',
    path: '/users/{userId}',
    effect: 'write',
    spends: 'holder',
    group: 'users',
    scope: 'users.write',
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof endpoints;
