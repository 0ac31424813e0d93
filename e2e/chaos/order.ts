import type { FaultScript } from '../../backend/src/integrations/ghl/simulator/faults.js';
import type { PlanProvisioning } from '../../backend/src/modules/provisioning/provisioning.schema.js';
import type { World } from './world.js';

/**
 * `whole`: with a snapshot, values and people; `plain`: without a snapshot; the others are into a sub-account that exists
 * and leave out all calls but one kind, so that it alone can be held.
 */
export type Kind = 'whole' | 'plain' | 'load' | 'value' | 'user' | 'access' | 'takeover';

export interface Order {
  kind: Kind;
  /** In each of its names, in no other order's, and the key under which it is placed. */
  token: string;
  request: Pick<PlanProvisioning, 'business' | 'customValues' | 'users'> & Record<string, unknown>;
  /** Asked for at least once. */
  invoked: boolean;
  /** Set once the product has accepted it. */
  jobId?: string;
  /** How it may end; anything but `done` has to be caused by the fault. */
  ends: string[];
  /** Reasons for which it may ask for a person instead. */
  asksFor: string[];
  /** HighLevel acts on it after every look: a second sub-account cannot be prevented, it has to be found. */
  mayDouble?: true;
}

export const seededId = (token: string) => `seeded-${token}`;
const guestId = (token: string) => `guest-${token}`;
const guestEmail = (token: string) => `guest.${token}@chaos.example`;

export async function newOrder(world: World, token: string, kind: Kind): Promise<Order> {
  const state = await world.simulator.state();
  const snapshot = state.snapshots.find((each) => !each.firstLoadFails && !each.alwaysFails && !each.stuck)!;
  const [{ id: companyId }] = state.companies;
  const business = { name: `Chaos ${token}`, email: `owner.${token}@chaos.example` };
  if (kind !== 'whole' && kind !== 'plain') {
    const location = { id: seededId(token), companyId, name: business.name, fields: { email: business.email } };
    const seeded = { ...location, active: true, createdAt: 0, visibleAt: 0, installedAt: 0 };
    const guest = { id: guestId(token), companyId, email: guestEmail(token), firstName: 'Gus', lastName: 'Lee' };
    const users = kind === 'access' ? [{ ...guest, type: 'account', role: 'user', locationIds: [] }] : [];
    await world.simulator.post('seed', { locations: [seeded], users });
  }
  const base = { business, snapshot: 'none' as unknown, customValues: [], users: [], existing: 'adopt' };
  return {
    ...{ kind, token, invoked: false, ends: ['done'], asksFor: [] as string[] },
    request: { ...base, ...contents(kind, token, snapshot.id) } as Order['request'],
  };
}

function contents(kind: Kind, token: string, snapshotId: string): object {
  const person = (email: string) => ({ firstName: 'Ann', lastName: 'Lee', email, role: 'user', type: 'account' });
  const values = ['One', 'Two', 'Three'].map((word) => ({ name: `Chaos ${word}`, value: `${word} ${token}` }));
  const users = [person(`ann.${token}@chaos.example`), person(`bo.${token}@chaos.example`)];
  switch (kind) {
    case 'whole':
      return { snapshot: { id: snapshotId }, customValues: values, users, existing: 'refuse' };
    case 'plain':
      return { customValues: values, users, existing: 'refuse' };
    case 'takeover':
      return { customValues: values, users };
    case 'load':
      return { snapshot: { id: snapshotId } };
    case 'value':
      return { customValues: values.slice(0, 1) };
    case 'user':
      return { users: users.slice(0, 1) };
    case 'access':
      return { users: [person(guestEmail(token))] };
  }
}

/** The calls of an order as the simulator can recognise them. */
export const callOf = {
  create: ({ token }: Order): FaultScript['match'] => ({ method: 'POST', path: '^/locations/$', about: `${token}\\b` }),
  load: ({ token }: Order): FaultScript['match'] => ({ method: 'PUT', path: `^/locations/${seededId(token)}$` }),
  value: ({ token }: Order): FaultScript['match'] => ({ method: 'POST', path: '/customValues$', about: `${token}\\b` }),
  user: ({ token }: Order): FaultScript['match'] => ({ method: 'POST', path: '^/users/$', about: `${token}\\b` }),
  access: ({ token }: Order): FaultScript['match'] => ({ method: 'PUT', path: `^/users/${guestId(token)}$` }),
  search: ({ token }: Order): FaultScript['match'] => ({
    method: 'GET',
    path: '^/locations/search$',
    about: `${token}\\b`,
  }),
};
