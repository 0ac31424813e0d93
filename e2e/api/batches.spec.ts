import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { type Agency, anAgency, connect, settledJob } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import {
  aBatch,
  aFailedBatch,
  aStartedBatch,
  type BatchView,
  clients,
  csvOf,
  ready,
  rowsOfBatch,
  settledBatch,
  start,
  upload,
} from '../support/batch.js';
import { until } from '../support/until.js';

let api: ApiApp;
let agency: Agency;

beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  await connect(api, agency);
}, 60_000);
afterAll(() => api.close());

interface SimState {
  locations: { id: string; name: string }[];
}
const locations = async () => (await api.sim.get<SimState>('state')).locations;
const journal = async () => (await api.sim.get<{ entries: { method: string; path: string }[] }>('journal')).entries;
const writes = async () =>
  (await journal()).filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/oauth/') && !path.includes('/users/search'),
  );
/** A client that was there before any batch. */
async function aKnownClient(name: string): Promise<{ name: string; email: string }> {
  const business = { name, email: `known@${randomUUID()}.example` };
  const { jobId } = await agency.admin.must<{ jobId: string }>('POST', '/api/provision', {
    business,
    snapshot: 'none',
  });
  expect((await settledJob(agency, jobId)).state).toBe('done');
  return business;
}
const codeOf = (answer: { json: <T>() => T }) => answer.json<{ code: string }>().code;
const adds = ({ counts: { total, ...states } }: BatchView) =>
  expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(total);

it('turns a file into sub-accounts: checked, reviewed, started, done', async () => {
  const before = (await writes()).length;
  const made = await upload(agency, csvOf(clients(3, { 'value:Promo': '10 %' })), '?title=Three%20clients');
  expect([made.status, made.json<BatchView>().title]).toEqual([201, 'Three clients']);
  const batch = await ready(agency, made.json<BatchView>().id);
  expect(batch.counts).toMatchObject({ total: 3, ready: 3, problem: 0 });
  expect(batch.plan).toMatchObject({ create: 3, adopt: 0, calls: { company: 15, location: 9, polls: 0 } });
  expect(batch.plan!.estimateMs).toBeGreaterThan(0);
  // Nothing outward before the start.
  expect((await writes()).length).toBe(before);
  await start(agency, batch);
  const ended = await settledBatch(agency, batch.id);
  expect(ended).toMatchObject({ state: 'finished', counts: { total: 3, done: 3 } });
  const ids = new Set((await locations()).map(({ id }) => id));
  for (const row of await rowsOfBatch(agency, batch.id)) expect(ids.has(row.locationId!)).toBe(true);
  const { rows } = await agency.admin.must<{ rows: { state: string; job: string }[] }>(
    'GET',
    `/api/batches/${batch.id}/result.json`,
  );
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ state: 'done', job: expect.stringContaining(`${api.url}/jobs/`) as string });
  const file = await agency.admin.get(`/api/batches/${batch.id}/result.csv`);
  expect(file.text.split('\r\n')).toHaveLength(5);
}, 60_000);

it('finds before the start what would go wrong, each row with its reason', async () => {
  const known = await aKnownClient('Known client');
  const [first, second] = clients(2);
  const rows = [
    first,
    { ...first, 'Business name': first['Business name'].toUpperCase() },
    { ...second, Email: 'no address' },
    { ...second, 'Business name': known.name, Email: known.email },
    { ...second, Snapshot: 'Unheard of' },
    { ...second, Email: `x@${randomUUID()}.example`, Snapshot: 'recommend', 'Business name': 'zzzz' },
  ];
  const batch = await aBatch(agency, rows);
  const judged = await rowsOfBatch(agency, batch.id);
  expect(judged.map(({ state, issues }) => [state, issues[0]?.code])).toEqual([
    ['ready', undefined],
    ['problem', 'twice-in-file'],
    ['problem', 'invalid'],
    ['problem', 'location-exists'],
    ['problem', 'snapshot-unknown'],
    ['problem', 'no-snapshot-fits'],
  ]);
  expect(await rowsOfBatch(agency, batch.id, '&state=ready')).toHaveLength(1);
  const adopting = await agency.admin.must<BatchView>('PATCH', `/api/batches/${batch.id}`, {
    defaults: { existing: 'adopt' },
  });
  const again = await ready(agency, adopting.id);
  expect(again.plan).toMatchObject({ create: 1, adopt: 1 });
  expect((await rowsOfBatch(agency, batch.id))[3]).toMatchObject({ action: 'adopt', state: 'warning' });
}, 60_000);

it('asks for the list of snapshots once a minute, and not for each row', async () => {
  const lists = async () => (await journal()).filter(({ method, path }) => method === 'GET' && path === '/snapshots/');
  const { items } = await agency.admin.must<{ items: { name: string }[] }>('POST', '/api/snapshots/refresh');
  const before = (await lists()).length;
  expect(before).toBeGreaterThan(0);
  const rows = clients(5).map((row) => ({ ...row, Snapshot: items[0].name }));
  const batch = await aStartedBatch(agency, rows);
  expect((await settledBatch(agency, batch.id)).counts).toMatchObject({ done: 5 });
  expect((await lists()).length).toBe(before);
}, 60_000);

it('counts the looks at loads that rows of one snapshot share, and not each for itself', async () => {
  const { items } = await agency.admin.must<{ items: { name: string }[] }>('GET', '/api/snapshots');
  const pollsOf = async (count: number) => {
    const rows = clients(count).map((row) => ({ ...row, Snapshot: items[0].name }));
    return (await aBatch(agency, rows)).plan!.calls.polls;
  };
  const alone = await pollsOf(1);
  const many = await pollsOf(300);
  expect(alone).toBeGreaterThanOrEqual(2);
  expect(many).toBeGreaterThan(300);
  expect(many).toBeLessThan(300 * alone);
}, 60_000);

it('gives back the bad rows as a file that can be corrected and uploaded again', async () => {
  const rows = clients(3, { Phone: '+15125550100', Note: '=HYPERLINK("x")' });
  rows[1].Phone = '(512) 555-0199';
  const batch = await aBatch(agency, rows, { mapping: { Note: 'ignore' } });
  expect(batch.counts).toMatchObject({ ready: 2, problem: 1 });
  const { text } = await agency.admin.get(`/api/batches/${batch.id}/rows.csv?problems`);
  expect(text).toContain('must be an international number');
  expect(text).toContain(`"'=HYPERLINK(""x"")"`);
  const corrected = text.replace('(512) 555-0199', "'+15125550199");
  const { id } = (await upload(agency, corrected)).json<{ id: string }>();
  const again = await ready(agency, id);
  expect(again.counts).toMatchObject({ total: 1, ready: 1 });
  expect(again.columns.map(({ name }) => name)).toEqual(batch.columns.map(({ name }) => name));
  const whole = await agency.admin.get(`/api/batches/${batch.id}/rows.csv`);
  expect(whole.text.split('\r\n')).toHaveLength(5);
});

it('holds a row that it is not sure of with what comes nearest, until a person chooses', async () => {
  const ask = async (recommendationThreshold: number) => {
    const { version } = await agency.admin.must<{ version: string }>('GET', '/api/settings');
    await agency.admin.must('PUT', '/api/settings', { version, recommendationThreshold });
  };
  const rows = clients(2, { Snapshot: 'recommend', Industry: 'Steel wholesale', Phone: '' });
  rows[1].Industry = 'Dentistry';
  await ask(1);
  const batch = await aBatch(agency, rows).finally(() => ask(0.6));
  expect(batch.counts).toMatchObject({ ready: 0, problem: 2 });
  const [mill, dentist] = await rowsOfBatch(agency, batch.id);
  expect(mill).toMatchObject({ state: 'problem', snapshot: null, choice: null, candidates: [] });
  expect(dentist.issues.map(({ code }) => code)).toEqual(['no-snapshot-fits']);
  const [{ id, name }] = dentist.candidates;
  expect(dentist.issues[0].message).toContain(`“${name}” comes nearest`);
  expect(name).toContain('Dental');
  const path = `/api/batches/${batch.id}/rows`;
  const advice = await agency.admin.must<{ ranking: { id: string }[] }>('GET', `${path}/2/recommendation`);
  expect(advice.ranking[0].id).toBe(id);

  const choose = (row: number, snapshot: unknown) => agency.admin.must('PATCH', path, { rows: [row], snapshot });
  await choose(1, 'none');
  await choose(2, { id });
  expect((await ready(agency, batch.id)).counts).toMatchObject({ ready: 2, problem: 0 });
  expect(await rowsOfBatch(agency, batch.id)).toMatchObject([
    { choice: 'none', snapshot: { id: null, chosenBy: 'none' } },
    { choice: { id }, snapshot: { id, name, chosenBy: 'person' }, candidates: [] },
  ]);
  // It stands when all rows are checked again, and is the file's again when it is taken back.
  await agency.admin.must('PATCH', `/api/batches/${batch.id}`, { mapping: { Phone: 'ignore' } });
  expect((await ready(agency, batch.id)).counts).toMatchObject({ ready: 2, problem: 0 });
  await choose(1, null);
  expect((await ready(agency, batch.id)).counts).toMatchObject({ ready: 1, problem: 1 });

  const refused = await agency.admin.ask('PATCH', path, { rows: [1] });
  expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid-request']);
  expect((await agency.admin.get(`${path}/3/recommendation`)).status).toBe(404);
});

it('starts only what was reviewed', async () => {
  const [first, ...others] = clients(3);
  const batch = await aBatch(agency, [first, first, ...others]);
  expect(batch.counts).toMatchObject({ ready: 3, problem: 1 });
  // Without the first of two, the second is the business.
  await agency.admin.must('PATCH', `/api/batches/${batch.id}/rows`, { rows: [1], excluded: true });
  const swapped = await ready(agency, batch.id);
  expect(swapped.counts).toMatchObject({ ready: 3, problem: 0, excluded: 1 });
  const left = await agency.admin.must<BatchView>('PATCH', `/api/batches/${batch.id}/rows`, {
    rows: [4],
    excluded: true,
  });
  expect(left.plan).toMatchObject({ create: 2, excluded: 2 });
  const stale = await agency.admin.post(`/api/batches/${batch.id}/start`, { planHash: swapped.plan!.planHash });
  expect([stale.status, codeOf(stale)]).toEqual([409, 'plan-stale']);
  expect(stale.json<{ evidence: { differences: object[] } }>().evidence.differences).toContainEqual({
    ...{ field: 'create', from: 3, to: 2 },
  });
  const unknown = await agency.admin.post(`/api/batches/${batch.id}/start`, { planHash: '0'.repeat(64) });
  expect([unknown.status, codeOf(unknown)]).toEqual([400, 'plan-unknown']);
  const key = { 'idempotency-key': randomUUID() };
  const body = { planHash: left.plan!.planHash };
  for (let times = 0; times < 3; times++)
    expect((await agency.admin.post(`/api/batches/${batch.id}/start`, body, key)).status).toBe(202);
  const ended = await settledBatch(agency, batch.id);
  expect(ended.counts).toMatchObject({ done: 2, excluded: 2 });
  expect((await locations()).filter(({ name }) => name === first['Business name'])).toHaveLength(1);
}, 60_000);

it('waits, goes on and is cancelled with all of its rows, and every count adds up', async () => {
  await agency.admin.must('POST', '/api/queues/bulk/pause');
  const batch = await aStartedBatch(agency, clients(6));
  const act = (what: string) => agency.admin.must<BatchView>('POST', `/api/batches/${batch.id}/${what}`);
  const paused = await act('pause');
  expect(paused).toMatchObject({ state: 'paused', counts: { paused: 6 } });
  expect(await act('pause')).toEqual(paused); // whoever asks again has not heard the answer
  const resumed = await act('resume');
  expect(resumed).toMatchObject({ state: 'running', counts: { queued: 6 } });
  expect(await act('resume')).toEqual(resumed);
  await act('pause');
  const cancelled = await act('cancel');
  expect(await act('cancel')).toEqual(cancelled);
  for (const what of ['pause', 'resume', 'retry'])
    expect(
      (await agency.admin.post(`/api/batches/${batch.id}/${what}`, what === 'retry' ? {} : undefined)).status,
    ).toBe(409);
  expect(cancelled).toMatchObject({ state: 'cancelled', counts: { cancelled: 6 } });
  for (const seen of [paused, resumed, cancelled]) adds(seen);
  await agency.admin.must('POST', '/api/queues/bulk/resume');
}, 60_000);

it('groups what failed, and retries a group', async () => {
  const batch = await aFailedBatch(api, agency, clients(4));
  expect(batch.counts).toMatchObject({ done: 3, failed: 1 });
  adds(batch);
  const [group] = batch.failures;
  expect(group).toMatchObject({ step: 'create-location', rows: 1 });
  const other = await agency.admin.must<BatchView>('POST', `/api/batches/${batch.id}/retry`, { code: 'another' });
  expect(other.counts).toMatchObject({ failed: 1 });
  await agency.admin.must('POST', `/api/batches/${batch.id}/retry`, { code: group.code, step: group.step });
  expect((await settledBatch(agency, batch.id)).counts).toMatchObject({ done: 4, failed: 0 });
}, 60_000);

it('takes back what it made, and nothing that was there before', async () => {
  const before = await aKnownClient('There before');
  const rows = clients(2);
  rows.push({ ...rows[0], 'Business name': 'There before', Email: before.email });
  const batch = await aBatch(agency, rows, { title: 'To be undone', defaults: { existing: 'adopt' } });
  await start(agency, batch);
  expect((await settledBatch(agency, batch.id)).counts).toMatchObject({ done: 3 });
  const undo = (confirm: string) => agency.admin.post(`/api/batches/${batch.id}/undo`, { confirm });
  expect(codeOf(await undo('Something else'))).toBe('confirmation-differs');
  expect((await undo('To be undone')).status).toBe(202);
  const undone = await settledBatch(agency, batch.id);
  // HighLevel lets no app delete a sub-account: both wait for a person, and what was taken over is left as it is.
  expect(undone.failures).toMatchObject([{ code: 'delete-by-hand', rows: 2 }]);
  expect(undone.counts).toMatchObject({ 'needs-human': 2, done: 1 });
  const byHand = (await rowsOfBatch(agency, batch.id, '&code=delete-by-hand')).map(({ name }) => name);
  expect(byHand).toEqual([rows[0]['Business name'], rows[1]['Business name']]);
}, 60_000);

it('is refused in words when it is no table, and only where a table is expected', async () => {
  const refusals: [file: string | Buffer, status: number, code: string][] = [
    [Buffer.from('Name,Email\nMüller,a@b.example', 'latin1'), 400, 'csv-encoding'],
    ['', 400, 'csv-empty'],
    ['Name,Name\nx,y', 400, 'csv-duplicate-header'],
    [`Name,Email\n${'Acme,a@b.example\n'.repeat(100_000)}`, 413, 'csv-too-many-rows'],
    [Buffer.alloc(13 * 1024 * 1024, 'x'), 413, 'body-too-large'],
  ];
  for (const [file, status, code] of refusals) {
    const answer = await upload(agency, file);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  }
  const elsewhere = await agency.admin.post('/api/provision', 'Name\nx', { 'content-type': 'text/csv' });
  expect(elsewhere.status).toBe(415);
  const long = await agency.admin.post('/api/provision', { business: { name: 'x'.repeat(1_100_000) } });
  expect(long.status).toBe(413);
  const utf16 = await upload(agency, Buffer.from(`\ufeff${csvOf(clients(1))}`, 'utf16le'));
  expect([utf16.status, utf16.json<{ source: { encoding: string } }>().source.encoding]).toEqual([201, 'utf-16le']);
}, 60_000);

it('is told to whoever watches, as soon as it changes', async () => {
  const socket = io(api.url, {
    transports: ['websocket'],
    extraHeaders: agency.admin.headers as never,
    forceNew: true,
  });
  try {
    const heard: string[] = [];
    socket.on('batches:changed', ({ ids }: { ids: string[] }) => void heard.push(...ids));
    expect(await socket.emitWithAck('batches:watch', {})).toEqual({ ok: true });
    const { id } = await aBatch(agency, clients(2));
    // The first look only sees what is there.
    await until(async () => {
      await agency.admin.must('PATCH', `/api/batches/${id}`, { title: `Renamed ${randomUUID()}` });
      return heard.includes(id) || undefined;
    }, 20_000);
  } finally {
    socket.disconnect();
  }
}, 30_000);

it('asks for the columns that make a business, and is made once for one key', async () => {
  const rows = clients(1).map(({ 'Business name': who, ...rest }) => ({ Who: who, ...rest }));
  const key = { 'idempotency-key': randomUUID() };
  const [made, same] = [
    await agency.admin.must<BatchView>('POST', '/api/batches', { rows }, key),
    await agency.admin.must<BatchView>('POST', '/api/batches', { rows }, key),
  ];
  expect([made.state, made.missingFields, same.id]).toEqual(['draft', ['name'], made.id]);
  const wrong = await agency.admin.ask('PATCH', `/api/batches/${made.id}`, { mapping: { Nobody: 'name' } });
  expect([wrong.status, codeOf(wrong)]).toEqual([400, 'column-unknown']);
  await agency.admin.must('PATCH', `/api/batches/${made.id}`, { mapping: { Who: 'name' } });
  expect((await ready(agency, made.id)).counts).toMatchObject({ ready: 1 });
});

it('judges ten thousand rows with a few calls, within seconds', async () => {
  const before = (await journal()).length;
  const [beganAt, beganWith] = [performance.now(), process.cpuUsage()];
  const batch = await aBatch(agency, clients(10_000, { Phone: '+15125550100', City: 'Austin', Country: 'US' }));
  expect(batch.counts).toMatchObject({ total: 10_000, ready: 10_000 });
  const seconds = (performance.now() - beganAt) / 1_000;
  const calls = (await journal()).length - before;
  expect(calls).toBeLessThan(10);
  expect(seconds).toBeLessThan(60);
  const { user, system } = process.cpuUsage(beganWith);
  console.info(`10,000 rows: ${((user + system) / 1e6).toFixed(1)} s of CPU, ${seconds.toFixed(1)} s, ${calls} calls`);
  await agency.admin.must('POST', `/api/batches/${batch.id}/cancel`);
}, 90_000);
