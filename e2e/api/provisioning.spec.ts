import { randomUUID } from 'node:crypto';
import request from 'supertest';
import type { JobDetail, LogLine } from '../../backend/src/engine/runs/runs.schema.js';
import type { ProvisioningPlan } from '../../backend/src/modules/provisioning/provisioning.schema.js';
import { type Agency, aBusiness as anIntake, anAgency, aProgram, connect } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import { until } from '../support/until.js';

let api: ApiApp;
let agency: Agency;
let key: string;

beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Plans and Jobs');
  await connect(api, agency);
  key = (await aProgram(api, agency, 'operator')).key;
});
afterAll(() => api?.close());

const aBusiness = (name = `Client ${randomUUID().slice(0, 8)}`) => anIntake(name).business;
const locations = async () => (await api.sim.get<{ locations: unknown }>('state')).locations;

const server = () => request(api.app.getHttpServer());
const get = (path: string) => server().get(path).auth(key, { type: 'bearer' });
const post = (path: string, body: object) => server().post(path).auth(key, { type: 'bearer' }).send(body);

async function ended(jobId: string): Promise<JobDetail> {
  return until(async () => {
    const { body } = await get(`/api/jobs/${jobId}`).expect(200);
    const job = body as JobDetail;
    return ['done', 'failed', 'cancelled', 'undone', 'needs-human'].includes(job.state) ? job : undefined;
  }, 20_000);
}

describe('a script that provisions a sub-account', () => {
  const business = { ...aBusiness('Script Dental'), industry: 'Dentist' };
  const wish = { business, customValues: [{ name: 'Slogan', value: 'Smile' }] };
  let plan: ProvisioningPlan;
  let jobId: string;

  it('reads a plan, and nothing has happened', async () => {
    const before = await locations();
    plan = (await post('/api/provision/plan', wish).expect(200)).body as ProvisioningPlan;
    expect(plan.planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(plan.actions.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['create', 'load', 'write', 'verify']));
    expect(plan.calls.company).toBeGreaterThan(0);
    expect(Date.parse(plan.expiresAt)).toBeGreaterThan(Date.now());
    expect(await locations()).toEqual(before);
  });

  it('starts that plan, is told where to look, and sees it end well', async () => {
    const started = await post('/api/provision', { ...wish, planHash: plan.planHash })
      .set('idempotency-key', randomUUID())
      .expect(202);
    jobId = (started.body as { jobId: string }).jobId;
    expect(started.headers['location']).toBe(`/api/jobs/${jobId}`);
    const job = await ended(jobId);
    expect(job).toMatchObject({ state: 'done', attention: null, stepsDone: 6, stepsTotal: 6 });
    expect(job.steps.map(({ name }) => name)).toEqual([
      'choose-snapshot',
      'create-location',
      'await-snapshot-load',
      'apply-custom-values',
      'invite-users',
      'verify-location',
    ]);
  });

  it('reads the log from a cursor, as pages and as a stream, without gap or repetition', async () => {
    const whole = (await get(`/api/jobs/${jobId}/log`).expect(200)).body as { lines: LogLine[]; lastSeq: number };
    expect(whole.lines.map(({ seq }) => seq)).toEqual(Array.from({ length: whole.lastSeq }, (_, index) => index + 1));
    const after = whole.lines.length - 3;
    const rest = (await get(`/api/jobs/${jobId}/log?after=${after}`).expect(200)).body as { lines: LogLine[] };
    expect(rest.lines).toEqual(whole.lines.slice(after));
    const stream = await fetch(`${api.url}/api/jobs/${jobId}/events`, {
      headers: { authorization: `Bearer ${key}`, 'last-event-id': String(after) },
    });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    while (!heard.includes(`id: ${whole.lastSeq}\n`)) heard += (await reader.read()).value ?? '';
    await reader.cancel();
    expect([...heard.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual([after + 1, after + 2, after + 3]);
  });

  it('cannot make a second one of the same business', async () => {
    const refused = await post('/api/provision', wish)
      .expect(409)
      .expect('content-type', /problem\+json/);
    expect(refused.body).toMatchObject({ code: 'location-exists', errors: [{ pointer: '/existing' }] });
  });

  it('must name the job to undo it', async () => {
    const refused = await server()
      .post(`/api/jobs/${jobId}/undo`)
      .set({ cookie: agency.admin.headers['cookie'] as string, origin: api.url })
      .send({ confirm: 'something else' })
      .expect(400);
    expect(refused.body).toMatchObject({ code: 'confirmation-differs', errors: [{ pointer: '/confirm' }] });
  });
});

it('refuses a plan that no longer fits, with what is different', async () => {
  const business = aBusiness();
  const wish = { business, snapshot: 'none', existing: 'adopt' };
  const { planHash } = (await post('/api/provision/plan', wish).expect(200)).body as ProvisioningPlan;
  await ended(((await post('/api/provision', wish).expect(202)).body as { jobId: string }).jobId);
  const refused = await post('/api/provision', { ...wish, planHash }).expect(409);
  expect(refused.body).toMatchObject({ code: 'plan-stale' });
  const { differences } = (refused.body as { evidence: { differences: { change: string; subject: string }[] } })
    .evidence;
  expect(differences.map(({ change }) => change)).toEqual(expect.arrayContaining(['removed', 'added']));
});

it('refuses a hash that nobody planned, and a body that is wrong, at the field', async () => {
  const unknown = await post('/api/provision', { business: aBusiness(), planHash: 'f'.repeat(64) }).expect(400);
  expect(unknown.body).toMatchObject({ errors: [{ pointer: '/planHash' }] });
  const wrong = await post('/api/provision/plan', { business: { ...aBusiness(), email: 'x', country: 'USA' } }).expect(
    400,
  );
  const pointers = (wrong.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(['/business/email', '/business/country']));
});

it('pages through jobs by cursor, newest first, each once', async () => {
  const wanted = (await get('/api/jobs?limit=100').expect(200)).body as { items: { id: string }[] };
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await get(`/api/jobs?limit=1${cursor ? `&cursor=${cursor}` : ''}`).expect(200);
    const page = body as { items: { id: string }[]; next: string | null };
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  }
  expect(seen).toEqual(wanted.items.map(({ id }) => id));
});
