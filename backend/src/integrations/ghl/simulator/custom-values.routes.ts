import { openLocation } from './auth.js';
import { ok, Refusal } from './http.js';
import type { SimRequest } from './http.js';
import { newCustomValue } from './loads.js';
import type { Route } from './routes.js';
import type { Sim } from './sim.js';
import type { SimCustomValue } from './state.js';

const token = 'Location';
const path = '/locations/:locationId/customValues';
const read = 'locations/customValues.readonly';
const write = 'locations/customValues.write';
const fields = { name: 'string*', value: 'string*' };

/** Names may repeat: whether HighLevel keeps them apart is not documented. */
export const customValueRoutes: Route[] = [
  {
    method: 'GET',
    path,
    token,
    scope: read,
    run: (sim, request) => {
      const { id } = openLocation(sim, request);
      return ok({ customValues: sim.state.customValues.filter((value) => value.locationId === id) });
    },
  },
  {
    method: 'POST',
    path,
    token,
    scope: write,
    fields,
    run: (sim, request) => {
      const { id } = openLocation(sim, request);
      const customValue = newCustomValue(sim, id, request.body.name as string, request.body.value as string);
      sim.state.customValues.push(customValue);
      sim.store.changed();
      request.applied.push(customValue.id);
      return ok({ customValue }, 201);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    token,
    scope: read,
    run: (sim, request) => ok({ customValue: find(sim, request) }),
  },
  {
    method: 'PUT',
    path: `${path}/:id`,
    token,
    scope: write,
    fields,
    run: (sim, request) => {
      const customValue = find(sim, request);
      customValue.name = request.body.name as string;
      customValue.value = request.body.value as string;
      sim.store.changed();
      request.applied.push(customValue.id);
      return ok({ customValue });
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id`,
    token,
    scope: write,
    run: (sim, request) => {
      const customValue = find(sim, request);
      sim.state.customValues = sim.state.customValues.filter((other) => other !== customValue);
      sim.store.changed();
      request.applied.push(customValue.id);
      return ok({ succeded: true }); // spelled so
    },
  },
];

function find(sim: Sim, request: SimRequest): SimCustomValue {
  const location = openLocation(sim, request);
  const found = sim.state.customValues.find(
    (value) => value.id === request.params.id && value.locationId === location.id,
  );
  if (!found) throw new Refusal(404, 'Custom value not found');
  return found;
}
