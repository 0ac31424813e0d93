import { openLocation, ownCompany } from './auth.js';
import type { Fields } from './fields.js';
import { ok, Refusal } from './http.js';
import type { SimAnswer, SimRequest } from './http.js';
import { startLoad } from './loads.js';
import { companyOf } from './oauth.routes.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';
import type { SimLocation } from './state.js';

const editable: Fields = {
  companyId: 'string*',
  phone: 'string',
  address: 'string',
  city: 'string',
  state: 'string',
  country: 'string',
  postalCode: 'string',
  website: 'string',
  timezone: 'string',
  prospectInfo: { firstName: 'string*', lastName: 'string*', email: 'string*' },
  settings: 'object',
  social: 'object',
};

export const locationRoutes: Route[] = [
  {
    method: 'POST',
    path: '/locations/',
    token: 'Company',
    scope: 'locations.write',
    fields: { ...editable, name: 'string*', snapshotId: 'string', twilio: 'object', mailgun: 'object' },
    run: create,
  },
  { method: 'GET', path: '/locations/search', token: 'either', scope: 'locations.readonly', run: search },
  {
    method: 'GET',
    path: '/locations/:locationId',
    token: 'either',
    scope: 'locations.readonly',
    run: (sim, request) => ok({ location: flat(openLocation(sim, request)), traceId: sim.makeId('trace') }),
  },
  {
    method: 'PUT',
    path: '/locations/:locationId',
    token: 'Company',
    scope: 'locations.write',
    fields: { ...editable, name: 'string', snapshot: { id: 'string*', override: 'boolean' } },
    run: update,
  },
  { method: 'DELETE', path: '/locations/:locationId', token: 'Company', run: remove },
];

/** Not idempotent: the same body twice makes two sub-accounts, as with HighLevel. */
function create(sim: Sim, request: SimRequest): SimAnswer {
  const { body } = request;
  const company = companyOf(sim, ownCompany(request, body.companyId));
  if (!company.agencyPro) throw new Refusal(403, 'This feature is only available on Agency Pro ($497) plan');
  const { companyId, name, snapshotId, prospectInfo, ...fields } = body;
  checkCountry(fields.country);
  const known = snapshotId === undefined || sim.state.snapshots.some(({ id }) => id === snapshotId);
  if (!known) throw new Refusal(400, 'Snapshot not found');
  const now = sim.now();
  const location: SimLocation = {
    id: sim.makeId('location'),
    companyId: companyId as string,
    name: name as string,
    fields: { ...fields, email: (prospectInfo as { email?: string } | undefined)?.email },
    active: true,
    createdAt: now,
    visibleAt: now + sim.scaled(sim.options.searchLagMs),
  };
  sim.state.locations.push(location);
  sim.store.changed();
  request.applied.push(location.id);
  if (snapshotId !== undefined) startLoad(sim, location, snapshotId as string, false);
  sim.webhooks.tell('LocationCreate', { id: location.id, companyId, name, email: location.fields.email });
  if (company.installation?.installToFutureLocations) installLater(sim, location, company.name);
  return ok(flat(location));
}

/** "Install to future locations": the app arrives 1 to 5 s later, before or after our own handling. */
function installLater(sim: Sim, location: SimLocation, companyName: string): void {
  const after = sim.scaled(sim.between(1_000, 5_000, 'install', location.id));
  location.installedAt = sim.now() + after;
  const fields = {
    appId: sim.appId,
    installType: 'Location',
    companyId: location.companyId,
    locationId: location.id,
    companyName,
  };
  sim.webhooks.tell('INSTALL', { ...fields, isWhitelabelCompany: false }, after);
}

function search(sim: Sim, request: SimRequest): SimAnswer {
  const { query, token } = request;
  const companyId = ownCompany(request, query.get('companyId') ?? token!.companyId);
  const email = query.get('email')?.toLowerCase();
  const now = sim.now();
  const found = sim.state.locations.filter(
    (location) =>
      location.companyId === companyId &&
      location.visibleAt <= now &&
      (token!.locationId === undefined || location.id === token!.locationId) &&
      (email === undefined || String(location.fields.email ?? '').toLowerCase() === email),
  );
  if (query.get('order') === 'desc') found.reverse();
  const skip = Number(query.get('skip') ?? 0);
  const limit = Math.min(Number(query.get('limit') ?? 10), 100);
  return ok({ locations: found.slice(skip, skip + limit).map(flat) });
}

function update(sim: Sim, request: SimRequest): SimAnswer {
  ownCompany(request, request.body.companyId);
  const location = openLocation(sim, request);
  const { companyId, name, snapshot, prospectInfo, ...fields } = request.body;
  checkCountry(fields.country);
  if (snapshot) {
    const { id, override = false } = snapshot as { id: string; override?: boolean };
    request.applied.push(startLoad(sim, location, id, override).id);
  }
  const email = (prospectInfo as { email?: string } | undefined)?.email;
  Object.assign(location.fields, fields, email === undefined ? {} : { email });
  if (name !== undefined) location.name = name as string;
  sim.store.changed();
  request.applied.push(location.id);
  sim.webhooks.tell('LocationUpdate', {
    id: location.id,
    companyId,
    name: location.name,
    email: location.fields.email,
  });
  return ok(flat(location));
}

/** The documents ask for a scope that no app can have; the flag is for tests of a kinder HighLevel. */
function remove(sim: Sim, request: SimRequest): SimAnswer {
  if (!sim.options.allowLocationDelete) throw new Refusal(401, 'The token is not authorized for this scope.');
  if (!request.query.has('deleteTwilioAccount'))
    throw new Refusal(422, ['deleteTwilioAccount must be a boolean value']);
  const location = openLocation(sim, request);
  const { state } = sim;
  state.locations = state.locations.filter((other) => other !== location);
  state.loads = state.loads.filter(({ locationId }) => locationId !== location.id);
  state.customValues = state.customValues.filter(({ locationId }) => locationId !== location.id);
  for (const user of state.users) user.locationIds = user.locationIds.filter((id) => id !== location.id);
  sim.store.changed();
  request.applied.push(location.id);
  return ok({ success: true, message: 'Location deleted successfully' });
}

function checkCountry(country: unknown): void {
  if (country !== undefined && !/^[A-Z]{2}$/.test(String(country)))
    throw new Refusal(422, ['country must be a valid enum value']);
}

function flat({ id, companyId, name, fields }: SimLocation): object {
  const { twilio, mailgun, ...shown } = fields;
  return { id, companyId, name, ...shown };
}
