import { ownCompany } from './auth.js';
import { ok } from './http.js';
import type { SimAnswer, SimRequest } from './http.js';
import { latestLoad, statusOf } from './loads.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';

const status = '/snapshots/snapshot-status/:snapshotId';

export const snapshotRoutes: Route[] = [
  {
    method: 'GET',
    path: '/snapshots/',
    token: 'Company',
    scope: 'snapshots.readonly',
    run: (sim, request) => {
      const companyId = ownCompany(request, request.query.get('companyId'));
      const own = sim.state.snapshots.filter((snapshot) => (snapshot.companyId ?? companyId) === companyId);
      return ok({ snapshots: own.map(({ id, name, type }) => ({ id, name, type })) });
    },
  },
  { method: 'GET', path: status, token: 'Company', scope: 'snapshots.readonly', run: loads },
  {
    method: 'GET',
    path: `${status}/location/:locationId`,
    token: 'Company',
    scope: 'snapshots.readonly',
    run: (sim, request) => {
      ownCompany(request, request.query.get('companyId'));
      const { snapshotId, locationId } = request.params;
      const load = latestLoad(sim, snapshotId!, locationId!);
      return ok({ data: load ? { id: load.id, locationId, ...statusOf(load, sim.now()) } : null });
    },
  },
];

/** Newest first, the last id as cursor. A date in another form finds nothing instead of being refused (#181). */
function loads(sim: Sim, request: SimRequest): SimAnswer {
  const { query, params } = request;
  const companyId = ownCompany(request, query.get('companyId'));
  const [from, to] = [isoTime(query.get('from')), isoTime(query.get('to'))];
  const mine = new Set(sim.state.locations.filter((location) => location.companyId === companyId).map(({ id }) => id));
  const found = sim.state.loads
    .filter((load) => load.snapshotId === params.snapshotId && mine.has(load.locationId))
    .filter((load) => load.startedAt >= from && load.startedAt <= to)
    .reverse();
  const start = query.get('lastDoc') ? found.findIndex(({ id }) => id === query.get('lastDoc')) + 1 : 0;
  const page = found.slice(start, start + Math.min(Number(query.get('limit') || 20), 100));
  const now = sim.now();
  const data = page.map((load) => ({
    id: load.id,
    locationId: load.locationId,
    status: statusOf(load, now).status,
    dateAdded: new Date(load.startedAt).toISOString(),
  }));
  return ok({ data });
}

function isoTime(text: string | null): number {
  return text && /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
}
