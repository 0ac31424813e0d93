import { randomUUID } from 'node:crypto';
import { type Agency, anAgency, connect } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import { aBatch, type BatchView, clients, csvOf, ready, rowsOfBatch, settledBatch, upload } from '../support/batch.js';

let api: ApiApp;
let agency: Agency;
let connectionId: string;

beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  ({ connectionId } = await connect(api, agency));
}, 60_000);
afterAll(() => api.close());

const locationsNamed = async (name: string) =>
  (await api.sim.get<{ locations: { name: string }[] }>('state')).locations.filter((each) => each.name === name);

it('turns a file into sub-accounts: checked, reviewed, started, done', async () => {
  const rows = clients(3);
  const made = await upload(agency, csvOf(rows));
  expect(made.status).toBe(201);
  const batch = await ready(agency, made.json<BatchView>().id);
  expect(batch.counts).toMatchObject({ total: 3, ready: 3, problem: 0 });
  expect(batch.plan).toMatchObject({ create: 3, adopt: 0, calls: { company: 12, location: 0, polls: 0 } });
  await agency.admin.must('POST', `/api/batches/${batch.id}/start`, { planHash: batch.plan!.planHash });
  const ended = await settledBatch(agency, batch.id);
  expect(ended).toMatchObject({ state: 'finished', counts: { total: 3, done: 3 } });
  expect(await rowsOfBatch(agency, batch.id)).toHaveLength(3);
  void [randomUUID, aBatch, locationsNamed, connectionId];
});
