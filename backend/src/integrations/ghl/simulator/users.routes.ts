import { ownCompany } from './auth.js';
import type { Fields } from './fields.js';
import { ok, Refusal } from './http.js';
import type { SimAnswer, SimRequest } from './http.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';
import type { SimUser } from './state.js';

const deletionTakesMs = 2_000;

const optional: Fields = {
  phone: 'string',
  permissions: 'object',
  scopes: 'string[]',
  scopesAssignedToOnly: 'string[]',
  profilePhoto: 'string',
  twilioPhone: 'object',
  platformLanguage: 'string',
};

export const userRoutes: Route[] = [
  { method: 'GET', path: '/users/search', token: 'either', scope: 'users.readonly', run: search },
  {
    method: 'POST',
    path: '/users/search/filter-by-email',
    token: 'Company',
    scope: 'users.readonly',
    fields: {
      companyId: 'string*',
      emails: 'string*',
      deleted: 'boolean',
      skip: 'string',
      limit: 'string',
      projection: 'string',
    },
    run: byEmail,
  },
  {
    method: 'POST',
    path: '/users/',
    token: 'either',
    scope: 'users.write',
    fields: {
      ...optional,
      companyId: 'string*',
      firstName: 'string*',
      lastName: 'string*',
      email: 'string*',
      password: 'string*',
      type: 'string*',
      role: 'string*',
      locationIds: 'string[]*',
    },
    run: create,
  },
  {
    method: 'GET',
    path: '/users/:userId',
    token: 'either',
    scope: 'users.readonly',
    run: (sim, request) => ok(flat(find(sim, request))),
  },
  {
    method: 'PUT',
    path: '/users/:userId',
    token: 'either',
    scope: 'users.write',
    fields: {
      ...optional,
      companyId: 'string',
      firstName: 'string',
      lastName: 'string',
      email: 'string',
      password: 'string',
      type: 'string',
      role: 'string',
      locationIds: 'string[]',
    },
    run: update,
  },
  {
    method: 'DELETE',
    path: '/users/:userId',
    token: 'either',
    scope: 'users.write',
    run: (sim, request) => {
      const user = find(sim, request);
      user.goneAt ??= sim.now() + sim.scaled(deletionTakesMs);
      sim.store.changed();
      request.applied.push(user.id);
      return ok({ succeded: true, message: `Queued deleting user with e-mail ${user.email}` });
    },
  },
];

function create(sim: Sim, request: SimRequest): SimAnswer {
  const { companyId, permissions, password, ...rest } = request.body;
  ownCompany(request, companyId);
  const input = rest as Omit<SimUser, 'id' | 'companyId'>;
  checkPassword(password as string);
  checkChoice('type', input.type, ['account', 'agency']);
  checkChoice('role', input.role, ['admin', 'user']);
  checkLocations(sim, request, input.locationIds);
  const taken = sim.state.users.some(({ email }) => email.toLowerCase() === input.email.toLowerCase());
  if (taken) throw new Refusal(400, 'Email already exists');
  const user: SimUser = { ...input, id: sim.makeId('user'), companyId: companyId as string };
  sim.state.users.push(user);
  sim.store.changed();
  request.applied.push(user.id);
  const { id, email, firstName, lastName, phone, role, locationIds } = user;
  sim.webhooks.tell('UserCreate', { id, email, firstName, lastName, phone, role, companyId, locations: locationIds });
  return ok(flat(user), 201);
}

/** `email` is accepted and ignored; `locationIds` replaces the list. */
function update(sim: Sim, request: SimRequest): SimAnswer {
  const user = find(sim, request);
  const { companyId, email, password, permissions, ...changes } = request.body;
  if (companyId !== undefined) ownCompany(request, companyId);
  if (password !== undefined) checkPassword(password as string);
  if (changes.locationIds) checkLocations(sim, request, changes.locationIds as string[]);
  Object.assign(user, changes);
  sim.store.changed();
  request.applied.push(user.id);
  return ok(flat(user));
}

function search(sim: Sim, request: SimRequest): SimAnswer {
  const { query } = request;
  const companyId = ownCompany(request, query.get('companyId'));
  const text = query.get('query')?.toLowerCase();
  const found = sim.state.users.filter(
    (user) =>
      user.companyId === companyId &&
      (!query.has('locationId') || user.locationIds.includes(query.get('locationId')!)) &&
      (!query.has('type') || user.type === query.get('type')) &&
      (!query.has('role') || user.role === query.get('role')) &&
      (!query.has('ids') || query.get('ids')!.split(',').includes(user.id)) &&
      (!text || `${user.firstName} ${user.lastName} ${user.email}`.toLowerCase().includes(text)),
  );
  const skip = Number(query.get('skip') ?? 0);
  return ok({ users: found.slice(skip, skip + Number(query.get('limit') ?? 25)).map(flat), count: found.length });
}

/** Without `projection: "all"` only id and e-mail come back. */
function byEmail(sim: Sim, request: SimRequest): SimAnswer {
  const { companyId, emails, projection, skip, limit } = request.body as Record<string, string | undefined>;
  ownCompany(request, companyId);
  const wanted = emails!
    .toLowerCase()
    .split(',')
    .map((email) => email.trim());
  const found = sim.state.users.filter(
    (user) => user.companyId === companyId && wanted.includes(user.email.toLowerCase()),
  );
  const page = found.slice(Number(skip ?? 0), Number(skip ?? 0) + Number(limit ?? 25));
  return ok({
    users: page.map((user) => (projection === 'all' ? flat(user) : { id: user.id, email: user.email })),
    count: found.length,
  });
}

function find(sim: Sim, request: SimRequest): SimUser {
  const { token, params } = request;
  const user = sim.state.users.find(({ id, companyId }) => id === params.userId && companyId === token!.companyId);
  // A sub-account's token sees only its own people (#230).
  const hidden = token!.locationId !== undefined && !user?.locationIds.includes(token!.locationId);
  if (!user || hidden) throw new Refusal(404, 'User not found');
  return user;
}

function checkPassword(password: string): void {
  const strong = password.length >= 12 && [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/].every((part) => part.test(password));
  if (!strong)
    throw new Refusal(422, [
      'password must be at least 12 characters with upper case, lower case, digit and special character',
    ]);
}

function checkChoice(name: string, value: string, allowed: string[]): void {
  if (!allowed.includes(value))
    throw new Refusal(422, [`${name} must be one of the following values: ${allowed.join(', ')}`]);
}

function checkLocations(sim: Sim, request: SimRequest, locationIds: string[]): void {
  const { companyId } = request.token!;
  const known = new Set(sim.state.locations.filter((location) => location.companyId === companyId).map(({ id }) => id));
  if (locationIds.some((id) => !known.has(id))) throw new Refusal(400, 'Location not found');
}

function flat({ id, email, firstName, lastName, phone, type, role, locationIds, scopes }: SimUser): object {
  return {
    id,
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    email,
    phone,
    scopes,
    roles: { type, role, locationIds },
  };
}
