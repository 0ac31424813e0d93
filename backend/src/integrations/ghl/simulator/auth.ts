import { Refusal } from './http.js';
import type { SimRequest } from './http.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';
import type { SimAccess, SimLocation } from './state.js';

/** Who asks; `undefined` for routes without a token. Texts as HighLevel's issue tracker quotes them. */
export function tokenOfRequest(sim: Sim, headers: SimRequest['headers']): SimAccess | undefined {
  const value = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return value === undefined ? undefined : sim.state.access[value];
}

/** Version, token, class and scope, in this order. */
export function checkAccess(sim: Sim, route: Route, request: SimRequest): void {
  if (route.token === 'none') return;
  checkVersion(request);
  // Not as it was when the request came in: it may have been revoked while the answer took its time.
  const token = tokenOfRequest(sim, request.headers);
  if (!token || token.expiresAt <= sim.now()) throw new Refusal(401, 'Invalid JWT');
  const wrongClass = route.token !== 'either' && token.holder !== route.token;
  if (wrongClass || (token.pit && route.noPit))
    throw new Refusal(401, 'This AuthClass is not yet supported by the IAM Service');
  const granted = token.pit ? token.scopes : grantedNow(sim, token);
  if (route.scope && !granted.includes(route.scope))
    throw new Refusal(401, 'The token is not authorized for this scope.');
}

/** A scope taken from the installation is gone from all its tokens at once. */
function grantedNow(sim: Sim, token: SimAccess): string[] {
  const installation = sim.state.companies.find(({ id }) => id === token.companyId)?.installation;
  return token.scopes.filter((scope) => installation?.scopes.includes(scope));
}

function checkVersion({ headers, method, path, query }: SimRequest): void {
  const version = headers.version;
  if (version === undefined) throw new Refusal(400, 'version header was not found.');
  if (version === '2021-07-28' || version === '2023-02-21') return;
  if (version === 'v3') {
    const asked = query.size > 0 ? `${path}?${query}` : path;
    throw new Refusal(
      400,
      `Endpoint ${asked} not available in API version v3. This endpoint was removed in version v3. Please use a version before v3.`,
    );
  }
  throw new Refusal(404, `Cannot ${method} ${path}`);
}

export function ownCompany(request: SimRequest, companyId: unknown): string {
  if (companyId !== request.token!.companyId) throw new Refusal(403, 'The token does not have access to this company.');
  return companyId as string;
}

/** The sub-account that a path names, if the token opens it. */
export function openLocation(sim: Sim, request: SimRequest, locationId = request.params.locationId): SimLocation {
  const token = request.token!;
  if (token.holder === 'Location' && token.locationId !== locationId) {
    throw new Refusal(403, 'The token does not have access to this location.');
  }
  const location = sim.state.locations.find(({ id, companyId }) => id === locationId && companyId === token.companyId);
  if (!location)
    throw new Refusal(
      token.holder === 'Company' ? 404 : 403,
      token.holder === 'Company' ? 'Location not found' : 'The token does not have access to this location.',
    );
  if (!location.active && token.holder === 'Location') throw new Refusal(400, 'Location is not active');
  return location;
}
