import { ownCompany } from './auth.js';
import { checkFields } from './fields.js';
import { ok, Refusal } from './http.js';
import type { SimAnswer, SimRequest } from './http.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';
import type { SimCompany, SimGrant } from './state.js';

const accessSeconds = 86_399;
const yearMs = 365 * 86_400_000;

export const oauthRoutes: Route[] = [
  { method: 'POST', path: '/oauth/token', token: 'none', run: token },
  {
    method: 'POST',
    path: '/oauth/locationToken',
    token: 'Company',
    noPit: true,
    scope: 'oauth.write',
    run: locationToken,
  },
  {
    method: 'GET',
    path: '/oauth/installedLocations',
    token: 'Company',
    noPit: true,
    scope: 'oauth.readonly',
    run: installed,
  },
  {
    method: 'GET',
    path: '/companies/:companyId',
    token: 'Company',
    scope: 'companies.readonly',
    run: (sim, request) => {
      const id = ownCompany(request, request.params.companyId);
      const { name, email } = companyOf(sim, id);
      return ok({ company: { id, name, email } });
    },
  },
  {
    method: 'DELETE',
    path: '/marketplace/app/:appId/installations',
    token: 'either',
    scope: 'oauth.write',
    fields: { companyId: 'string', locationId: 'string', reason: 'string' },
    run: (sim, request) => {
      if (request.params.appId !== sim.appId) throw new Refusal(404, 'App not found');
      uninstall(sim, request.token!.companyId);
      request.applied.push(request.token!.companyId);
      return ok({ success: true });
    },
  },
];

/** Ends the installation and every token that came from it. */
export function uninstall(sim: Sim, companyId: string): void {
  const { state } = sim;
  delete companyOf(sim, companyId).installation;
  for (const tokens of [state.access, state.refresh, state.codes] as Record<string, SimGrant & { pit?: boolean }>[]) {
    for (const [token, grant] of Object.entries(tokens))
      if (grant.companyId === companyId && !grant.pit) delete tokens[token];
  }
  for (const location of state.locations) if (location.companyId === companyId) delete location.installedAt;
  sim.webhooks.tell('UNINSTALL', { appId: sim.appId, companyId });
}

export function companyOf(sim: Sim, companyId: unknown): SimCompany {
  const company = sim.state.companies.find(({ id }) => id === companyId);
  if (!company) throw new Refusal(404, 'Company not found');
  return company;
}

function token(sim: Sim, request: SimRequest): SimAnswer {
  if (!request.isForm) throw new Refusal(422, ['body must be application/x-www-form-urlencoded']);
  checkFields(request.body, {
    client_id: 'string*',
    client_secret: 'string*',
    grant_type: 'string*',
    code: 'string',
    refresh_token: 'string',
    user_type: 'string',
    redirect_uri: 'string',
  });
  const { client_id, client_secret, grant_type, user_type } = request.body;
  if (client_id !== sim.options.clientId || client_secret !== sim.options.clientSecret) {
    throw new Refusal(401, 'Invalid client credentials', 'invalid_client');
  }
  if (user_type !== undefined && user_type !== 'Company' && user_type !== 'Location') {
    throw new Refusal(422, ['user_type must be one of the following values: Company, Location']);
  }
  if (grant_type === 'authorization_code') return grant(sim, request, redeem(sim, request.body));
  if (grant_type === 'refresh_token') return grant(sim, request, rotate(sim, request.body));
  throw new Refusal(400, 'Unsupported grant type', 'unsupported_grant_type');
}

/** A code works once, for ten minutes, and only with the redirect address that it was made for. */
function redeem(sim: Sim, body: Record<string, unknown>): SimGrant {
  const code = sim.state.codes[String(body.code)];
  const fits = code && (body.redirect_uri === undefined || body.redirect_uri === code.redirectUri);
  if (!fits || code.used || code.expiresAt <= sim.now()) {
    throw new Refusal(400, 'Invalid grant: authorization code is invalid', 'invalid_grant');
  }
  code.used = true;
  return code;
}

/** Rotation: the old refresh token is dead at once, and there is no grace for a second use. */
function rotate(sim: Sim, body: Record<string, unknown>): SimGrant {
  const known = sim.state.refresh[String(body.refresh_token)];
  if (known?.used && sim.options.reuseRevokesFamily) {
    for (const tokens of [sim.state.refresh, sim.state.access] as Record<string, SimGrant>[]) {
      for (const [token, other] of Object.entries(tokens))
        if (other.companyId === known.companyId) delete tokens[token];
    }
    sim.store.changed();
  }
  if (!known || known.used || known.expiresAt <= sim.now()) {
    throw new Refusal(400, 'Invalid grant: refresh token is invalid', 'invalid_grant');
  }
  known.used = true;
  return known;
}

function grant(sim: Sim, request: SimRequest, { holder, companyId, locationId, userId, scopes }: SimGrant): SimAnswer {
  const { installation } = companyOf(sim, companyId);
  const made = { holder, companyId, locationId, userId, scopes };
  const refreshToken = sim.makeToken('refresh');
  sim.state.refresh[refreshToken] = { ...made, used: false, expiresAt: sim.now() + yearMs };
  request.applied.push(companyId);
  return ok({
    ...accessFor(sim, made, accessSeconds),
    refresh_token: refreshToken,
    isBulkInstallation: true,
    installToFutureLocations: installation?.installToFutureLocations ?? false,
  });
}

function locationToken(sim: Sim, request: SimRequest): SimAnswer {
  if (!request.isForm) throw new Refusal(422, ['body must be application/x-www-form-urlencoded']);
  checkFields(request.body, { companyId: 'string*', locationId: 'string*' });
  const companyId = ownCompany(request, request.body.companyId);
  const location = sim.state.locations.find((one) => one.id === request.body.locationId && one.companyId === companyId);
  if (!location) throw new Refusal(400, 'Location not found');
  if (!location.active) throw new Refusal(400, 'Location is not active');
  if (location.installedAt === undefined || location.installedAt > sim.now())
    throw new Refusal(400, 'App is not installed on this location');
  const { userId, scopes } = request.token!;
  const made: SimGrant = { holder: 'Location', companyId, locationId: location.id, userId, scopes };
  const refreshToken = sim.makeToken('refresh');
  sim.state.refresh[refreshToken] = { ...made, used: false, expiresAt: sim.now() + yearMs };
  request.applied.push(location.id);
  return ok({ ...accessFor(sim, made, 86_400), refresh_token: refreshToken, traceId: sim.makeId('trace') });
}

function accessFor(sim: Sim, made: SimGrant, seconds: number) {
  const now = sim.now();
  for (const tokens of [sim.state.access, sim.state.refresh, sim.state.codes]) {
    for (const [token, { expiresAt }] of Object.entries(tokens)) if (expiresAt < now) delete tokens[token];
  }
  const accessToken = sim.makeToken('access');
  sim.state.access[accessToken] = { ...made, expiresAt: now + seconds * 1000 };
  sim.store.changed();
  const { holder, companyId, locationId, userId, scopes } = made;
  const about = { userType: holder, companyId, locationId, userId };
  return { access_token: accessToken, token_type: 'Bearer', expires_in: seconds, scope: scopes.join(' '), ...about };
}

function installed(sim: Sim, request: SimRequest): SimAnswer {
  const { query } = request;
  const companyId = ownCompany(request, query.get('companyId'));
  if (query.get('appId') !== sim.appId) throw new Refusal(400, 'App not found');
  const now = sim.now();
  const all = sim.state.locations
    .filter((location) => location.companyId === companyId)
    .map(({ id, name, fields, installedAt }) => ({
      _id: id,
      name,
      address: fields.address,
      isInstalled: installedAt !== undefined && installedAt <= now,
    }));
  const wanted = all.filter(
    ({ _id, isInstalled }) =>
      (!query.has('isInstalled') || String(isInstalled) === query.get('isInstalled')) &&
      (!query.has('locationId') || _id === query.get('locationId')),
  );
  const skip = Number(query.get('skip') ?? 0);
  const locations = wanted.slice(skip, skip + Number(query.get('limit') ?? 20));
  const { installation } = companyOf(sim, companyId);
  return ok({
    locations,
    count: all.length,
    installToFutureLocations: installation?.installToFutureLocations ?? false,
  });
}
