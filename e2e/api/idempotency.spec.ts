import { randomUUID } from 'node:crypto';
import { type Agency, aBusiness, anAgency, connect } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import type { Answer } from '../support/ask.js';
import { superuserUrl, withConnection } from '../support/database-session.js';
import { operationsOf } from '../support/operations.js';

interface Creating {
  path: string;
  body: () => Record<string, unknown>;
  /** Another body that is as good. */
  other: Record<string, unknown>;
  /** A body that is refused. */
  bad: Record<string, unknown>;
  table: string;
}

const newcomer = () => ({
  ...{ email: `${randomUUID()}@people.example`, name: 'New', role: 'viewer', password: 'a long enough password' },
});

const creating: Record<string, Creating> = {
  createUser: {
    path: '/api/users',
    body: newcomer,
    other: { name: 'Else' },
    bad: { email: 'no address' },
    table: 'users',
  },
  createApiKey: {
    ...{ path: '/api/api-keys', table: 'api_keys', other: { name: 'Else' }, bad: { role: 'king' } },
    body: () => ({ name: 'robot', role: 'viewer' }),
  },
  startProvisioning: {
    ...{
      path: '/api/provision',
      table: 'runs',
      other: { existing: 'adopt' },
      bad: { snapshot: { id: 'no-such-snapshot' } },
    },
    body: () => aBusiness(`Business ${randomUUID()}`),
  },
};

/** Their answer moves on by itself, so their stories are told where that is expected: batches.spec.ts. */
const creatingElsewhere = ['createBatch', 'startBatch'];

/** They use POST and take no key, because acting twice is acting once, or because the answer is for one moment only. */
const withoutKey: Record<string, string> = {
  signIn: 'each sign-in is a session of its own',
  signInByLink: 'a link works once',
  startGhlConnection: 'each start has a state of its own, which expires; nothing is connected by it',
  receiveGhlWebhook: 'de-duplicated by the id of the event',
  checkConnection: 'asks again what is granted',
  refreshSnapshots: 'reads the library again',
  recommendSnapshot: 'changes nothing',
  planProvisioning: 'changes nothing outside; a plan expires, and the same plan has the same hash',
  retryJob: 'refused in a state that allows no retry',
  cancelJob: 'refused in a state that allows no cancel',
  undoJob: 'refused in a state that allows no undo',
  retryJobs: 'finds only what has stopped',
  pauseBatch: 'refused in a state that allows no pause',
  resumeBatch: 'refused in a state that allows no resume',
  cancelBatch: 'refused in a state that allows no cancel',
  retryBatch: 'finds only what has stopped',
  undoBatch: 'finds only what was made and is not undone',
  pauseQueue: 'a mode that is set twice is set',
  drainQueue: 'a mode that is set twice is set',
  resumeQueue: 'a mode that is set twice is set',
};

let api: ApiApp;
let agency: Agency;
let neighbour: Agency;
beforeAll(async () => {
  api = await startApiApp();
  [agency, neighbour] = [await anAgency(api, 'Acme'), await anAgency(api, 'Neighbour')];
  await connect(api, agency);
  await connect(api, neighbour);
}, 60_000);
afterAll(() => api.close());

const post = (who: Agency, path: string, body: unknown, key: string) =>
  who.admin.post(path, body, { 'idempotency-key': key });

/** Runs that audit a location are begun by the engine, not by a request. */
const countOf = (table: string, { tenant }: Agency) =>
  withConnection(superuserUrl(api.database.name), async (client) => {
    const asked = table === 'runs' ? `AND saga = 'provisioning'` : '';
    const sql = `SELECT count(*)::int AS count FROM ${table} WHERE agency_id = $1 ${asked}`;
    return (await client.query<{ count: number }>(sql, [tenant])).rows[0].count;
  });

/** The state of a job moves on; everything else of the answer is the first one's. */
const said = ({ status, text }: Answer) => [status, text];

it('is offered by every POST that creates, or there is a reason why not', () => {
  const posts = operationsOf(api.document).filter(({ verb }) => verb === 'POST');
  const withKey = [...Object.keys(creating), ...creatingElsewhere];
  expect(posts.map(({ id }) => id).sort()).toEqual([...withKey, ...Object.keys(withoutKey)].sort());
  const keyed = posts.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
  expect(keyed.map(({ id }) => id).sort()).toEqual(withKey.sort());
});

describe.each(Object.keys(creating))('%s', (operation) => {
  const { path, body, other, bad, table } = creating[operation];

  it('asked twice with one key acts once and answers the same', async () => {
    const [key, request, before] = [randomUUID(), body(), await countOf(table, agency)];
    const [first, second] = [await post(agency, path, request, key), await post(agency, path, request, key)];
    expect(first.status).toBeLessThan(300);
    expect(said(second)).toEqual(said(first));
    expect(second.headers.location).toBe(first.headers.location);
    expect(await countOf(table, agency)).toBe(before + 1);
  });

  it('asked for something else with the same key is refused with 422, and does nothing', async () => {
    const [key, request] = [randomUUID(), body()];
    await post(agency, path, request, key);
    const before = await countOf(table, agency);
    const answer = await post(agency, path, { ...request, ...other }, key);
    expect([answer.status, answer.json().code]).toEqual([422, 'idempotency-key-reused']);
    expect(await countOf(table, agency)).toBe(before);
  });

  it('asked by another agency with the same key is another request', async () => {
    const [key, request] = [randomUUID(), body()];
    const first = await post(agency, path, request, key);
    const before = await countOf(table, neighbour);
    const theirs = await post(
      neighbour,
      path,
      { ...request, ...other, existing: request.business ? 'adopt' : undefined },
      key,
    );
    expect(theirs.status).toBe(first.status);
    expect(theirs.text).not.toBe(first.text);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
    expect(await countOf(table, neighbour)).toBe(before + 1);
  });

  it('asked twenty times at once acts once; whoever comes too early hears when to ask again', async () => {
    const [key, request, before] = [randomUUID(), body(), await countOf(table, agency)];
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(agency, path, request, key)));
    const good = answers.filter(({ status }) => status < 300);
    expect(good.length).toBeGreaterThan(0);
    expect(new Set(good.map(({ text }) => text)).size).toBe(1);
    for (const answer of answers.filter((each) => !good.includes(each))) {
      expect([answer.status, answer.json().code]).toEqual([409, 'request-in-flight']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await countOf(table, agency)).toBe(before + 1);
    expect(said(await post(agency, path, request, key))).toEqual(said(good[0]));
  });

  it('refused for its fields leaves the key free for the corrected request', async () => {
    const [key, request] = [randomUUID(), body()];
    expect((await post(agency, path, { ...request, ...bad }, key)).status).toBe(400);
    expect((await post(agency, path, request, key)).status).toBeLessThan(300);
  });

  it('takes no key that cannot be one', async () => {
    const before = await countOf(table, agency);
    for (const key of ['', ' ', 'x'.repeat(201), 'schlüssel'])
      expect((await post(agency, path, body(), Buffer.from(key).toString('latin1'))).status).toBe(400);
    expect(await countOf(table, agency)).toBe(before);
  });
});

it('keeps one answer for one person: a colleague with the same key does not hear it', async () => {
  const [key, request] = [randomUUID(), { name: 'robot', role: 'viewer' }];
  const { key: secret } = (await post(agency, '/api/api-keys', request, key)).json<{ key: string }>();
  const colleague = { authorization: `Bearer ${await anAdminKey()}`, 'idempotency-key': key, cookie: '' };
  const theirs = await agency.admin.post('/api/api-keys', request, colleague);
  expect(theirs.status).toBe(422);
  expect(theirs.text).not.toContain(secret);
});

async function anAdminKey(): Promise<string> {
  return (await agency.admin.must<{ key: string }>('POST', '/api/api-keys', { name: 'colleague', role: 'admin' })).key;
}
