import { idOf } from './random.js';
import { demoSnapshots } from './seed-snapshots.js';
import { plainWebhooks } from './state.js';
import type { SimLocation, SimState, SimUser } from './state.js';

/** One agency that has not connected yet, its snapshots, two sub-accounts and a few people. */
export function demoState(seed: string, now: number): SimState {
  const companyId = idOf(seed, 'company', 'northwind');
  const location = (key: string, name: string, fields: Record<string, unknown>): SimLocation => ({
    id: idOf(seed, 'location', key),
    companyId,
    name,
    fields,
    active: true,
    createdAt: now - 90 * 86_400_000,
    visibleAt: 0,
  });
  const harbor = location('harbor', 'Harbor Point Dental', {
    email: 'hello@harborpointdental.example',
    phone: '+12065550142',
    address: '418 Alder Street',
    city: 'Seattle',
    state: 'WA',
    postalCode: '98104',
    country: 'US',
    website: 'https://harborpointdental.example',
    timezone: 'America/Los_Angeles',
  });
  const summit = location('summit', 'Summit Ridge Roofing', {
    email: 'office@summitridgeroofing.example',
    phone: '+13035550178',
    address: '2200 Larkspur Avenue',
    city: 'Denver',
    state: 'CO',
    postalCode: '80205',
    country: 'US',
    website: 'https://summitridgeroofing.example',
    timezone: 'America/Denver',
  });
  const user = (firstName: string, lastName: string, type: string, role: string, locationIds: string[]): SimUser => ({
    id: idOf(seed, 'user', firstName, lastName),
    companyId,
    email: `${firstName}.${lastName}@northwindgrowth.example`.toLowerCase(),
    firstName,
    lastName,
    type,
    role,
    locationIds,
  });
  return {
    made: 0,
    clockOffsetMs: 0,
    companies: [
      { id: companyId, name: 'Northwind Growth Partners', email: 'team@northwindgrowth.example', agencyPro: true },
    ],
    snapshots: demoSnapshots.map(({ key, ...snapshot }) => ({
      id: idOf(seed, 'snapshot', key),
      companyId,
      ...snapshot,
    })),
    locations: [harbor, summit],
    loads: [],
    customValues: [],
    users: [
      user('Maya', 'Lindqvist', 'agency', 'admin', []),
      user('Tomas', 'Okafor', 'agency', 'user', []),
      user('Priya', 'Raman', 'account', 'admin', [harbor.id]),
      user('Dale', 'Whitcomb', 'account', 'user', [summit.id]),
    ],
    codes: {},
    access: {},
    refresh: {},
    deliveries: [],
    webhookMode: { ...plainWebhooks },
  };
}
