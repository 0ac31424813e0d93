import { randomUUID } from 'node:crypto';
import { aBusiness, type Agency, anAgency, connect } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';

interface Recommendation {
  choice: string | null;
  held: string | null;
  ranking: { id: string; name: string; learned: number }[];
}
interface Feedback {
  items: { id: string; kind: string; intake: Record<string, unknown>; jobId: string }[];
  next: string | null;
}

let api: ApiApp;
let agency: Agency;
let dental: string;
beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  await connect(api, agency);
  const { items } = await agency.admin.must<{ items: { id: string; name: string }[] }>('GET', '/api/snapshots');
  dental = items.find(({ name }) => name.includes('Dental'))!.id;
}, 60_000);
afterAll(() => api.close());

const ask = (body: unknown) => agency.admin.post('/api/snapshots/recommend', body);
const dentist = { name: 'Oak Dental', industry: 'Dentist', services: ['Crowns', 'Cleanings'], goals: 'More bookings' };
const pointersOf = (answer: { json<T>(): T }) =>
  answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);

it('recommends for one intake, and for many in their order', async () => {
  const one = await agency.admin.must<Recommendation>('POST', '/api/snapshots/recommend', dentist);
  expect(one).toMatchObject({ choice: dental, held: null, threshold: 0.6, by: 'offline', note: null });
  const { items } = await agency.admin.must<{ items: Recommendation[] }>('POST', '/api/snapshots/recommend', {
    intakes: [{ name: 'Zinc Ore Mine', industry: 'Mining' }, dentist],
  });
  expect(items.map(({ choice, held }) => [choice, held])).toEqual([
    [null, 'none-fits'],
    [dental, null],
  ]);
});

it('takes a thousand long intakes, and not one more', async () => {
  const description = 'We care for teeth, gently and thoroughly. '.repeat(95).slice(0, 4_000);
  const intakes = Array.from({ length: 1_000 }, (_, n) => ({ ...dentist, name: `Oak Dental ${n}`, description }));
  const answer = await ask({ intakes });
  expect(answer.status).toBe(200);
  expect(answer.json<{ items: unknown[] }>().items).toHaveLength(1_000);
  const tooMany = await ask({ intakes: [...intakes, dentist] });
  expect([tooMany.status, pointersOf(tooMany)]).toEqual([400, ['/intakes']]);
}, 60_000);

it('names the field of a faulty intake, wherever it is', async () => {
  const intakes = Array.from({ length: 20 }, () => ({ ...dentist }) as Record<string, unknown>);
  intakes[17] = { industry: 'Dentist' };
  intakes[18] = { ...dentist, services: ['x'.repeat(201)], colour: 'red' };
  const answer = await ask({ intakes });
  expect([answer.status, pointersOf(answer).sort()]).toEqual([
    400,
    ['/intakes/17/name', '/intakes/18/colour', '/intakes/18/services/0'],
  ]);
  expect(pointersOf(await ask({ industry: 'Dentist' }))).toEqual(['/name']);
  expect(pointersOf(await ask({ ...dentist, intakes: [dentist] })).sort()).toEqual([
    ...['/goals', '/industry', '/name', '/services'],
  ]);
});

it('keeps what was chosen, shows it and forgets it', async () => {
  const request = { ...aBusiness(`Elm Dental ${randomUUID()}`), snapshot: { id: dental } };
  const { jobId } = await agency.admin.must<{ jobId: string }>('POST', '/api/provision', request);
  const list = (query: string) => agency.admin.must<Feedback>('GET', `/api/snapshots/feedback${query}`);
  const { items } = await list('?limit=1');
  expect(items).toMatchObject([{ jobId, intake: { name: request.business.name, city: 'Austin' } }]);
  expect((await list(`?after=${items[0].id}`)).items.map(({ id }) => id)).not.toContain(items[0].id);
  expect((await agency.admin.ask('DELETE', `/api/snapshots/feedback/${items[0].id}`)).status).toBe(204);
  expect((await agency.admin.ask('DELETE', `/api/snapshots/feedback/${items[0].id}`)).status).toBe(404);
  const wrong = await agency.admin.get('/api/snapshots/feedback?after=yesterday');
  expect([wrong.status, pointersOf(wrong)]).toEqual([400, ['?after']]);
});
