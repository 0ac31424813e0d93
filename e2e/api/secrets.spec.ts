import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type ChatSimulator, startChatSimulator } from '../../backend/src/integrations/llm/index.js';
import { SignInLinksService } from '../../backend/src/modules/identity/index.js';
import { aBusiness, type Agency, anAgency, aPerson, connect, provision, settledJob } from '../support/agency.js';
import { type ApiApp, ghlClientSecret, startApiApp } from '../support/api-app.js';
import { Caller, cookieOf } from '../support/caller.js';
import { find, type Place } from '../support/canaries.js';
import { superuserUrl, withConnection } from '../support/database-session.js';
import { listeningWire, type Wire } from '../support/listening-wire.js';
import { until } from '../support/until.js';

let api: ApiApp;
let wire: Wire;
let model: ChatSimulator;
const modelKey = `sk-${randomUUID()}`;
let agency: Agency;
const callers: Caller[] = [];
/** By what they are; told in place of the secret when one is found. */
const secrets = new Map<string, string>();
/** The one answer that shows an API key. */
const shownOnce: string[] = [];

beforeAll(async () => {
  // An endpoint that quotes the key which it does not know.
  model = await startChatSimulator({ key: 'another key' });
  api = await startApiApp(
    { SNAPSHOT_POLL_MS: '50', OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: model.url, OPENAI_API_KEY: modelKey },
    async (url) => (wire = await listeningWire(url)).url,
  );
  agency = await anAgency(api, 'Acme');
  callers.push(agency.admin);
  await useEverything();
  await failEverywhere();
}, 90_000);
afterAll(async () => {
  await api.close();
  wire.stop();
  await model.stop();
});

const heard = (caller: Caller) => (callers.push(caller), caller);

async function useEverything(): Promise<void> {
  secrets.set('client secret', ghlClientSecret);
  secrets.set('key of the model', modelKey);
  secrets.set('password of the first administrator', agency.password);
  secrets.set('vault key', api.config.VAULT_KEYS!.reveal().split(':')[1]);
  secrets.set('password of switchyard_app', new URL(api.database.appUrl).password);
  secrets.set('password of switchyard_owner', new URL(api.database.ownerUrl).password);
  const person = await aPerson(api, agency, 'operator');
  heard(person.caller);
  secrets.set('password of a person', person.password);
  secrets.set('session token', String(person.caller.headers.cookie).split('=')[1]);
  const program = await agency.admin.post(
    '/api/api-keys',
    { name: 'robot', role: 'admin' },
    { 'idempotency-key': 'k' },
  );
  const { key } = program.json<{ key: string }>();
  shownOnce.push(program.text);
  secrets.set('API key', key);
  secrets.set('secret part of the API key', key.split('_')[2]);
  heard(new Caller(api.url, { authorization: `Bearer ${key}` }));
  const { token } = await api.app.get(SignInLinksService).createSignInLink(agency.tenant, person.id);
  secrets.set('sign-in link', token.reveal());
  const byLink = await heard(new Caller(api.url)).post('/api/session/link', { token: token.reveal() });
  secrets.set('session token by link', cookieOf(byLink).split('=')[1]);
  const changed = `changed-${randomUUID()}`;
  secrets.set('changed password', changed);
  const cookie = { cookie: cookieOf(byLink) };
  await callers[0].ask('PUT', '/api/session/password', { current: person.password, password: changed }, cookie);
  const { snapshotId } = await connect(api, agency);
  const job = await provision(agency, 'First client', { id: snapshotId });
  expect(job.state).toBe('done');
  await agency.admin.get(`/api/jobs/${job.id}/log`);
  await agency.admin.get(`/api/jobs/${job.id}/log.ndjson`);
}

/** Vendors quote what they were sent; people type their password where it does not belong. */
async function failEverywhere(): Promise<void> {
  const { admin } = agency;
  const { items } = await admin.must<{ items: { id: string }[] }>('GET', '/api/connections');
  const asked = await admin.must<{ note: string | null }>('POST', '/api/snapshots/recommend', {
    name: 'Harbour Dental',
  });
  if (!asked.note?.includes('does not accept our key')) throw new Error(`The model was asked: ${asked.note}`);
  for (const [request, status] of [
    [/^POST .locations.$/, 422],
    [/^POST .locations.$/, 500],
    [/^POST .users.$/, 422],
    [/^POST .users.$/, 500],
    [/locationToken/, 400],
  ] as const) {
    wire.quoteBack(request, status, 2);
    const { jobId } = await admin.must<{ jobId: string }>('POST', '/api/provision', aBusiness(`Fails ${randomUUID()}`));
    const job = await settledJob(agency, jobId);
    wire.quoteBack(request, status, 0);
    for (const part of ['', '/log', '/log.ndjson']) await admin.get(`/api/jobs/${job.id}${part}`);
  }
  wire.quoteBack(/companies|installedLocations/, 401, 2);
  await admin.post(`/api/connections/${items[0].id}/check`);
  wire.quoteBack(/snapshots/, 500, 3);
  await admin.post('/api/snapshots/refresh');
  wire.quoteBack(/oauth\/token/, 400, 1);
  await connect(api, agency).catch(() => undefined);
  wire.quoteBack(/./, 500, 0);
  const visitor = heard(new Caller(api.url));
  const wrong = `typed-${randomUUID()}`;
  secrets.set('mistyped password', wrong);
  await visitor.post('/api/session', { email: agency.email, password: wrong });
  await visitor.post('/api/session', { email: wrong, password: wrong });
  await visitor.post('/api/session', { email: agency.email, password: { nested: wrong } });
  await visitor.post('/api/session', `{"password":"${wrong}",`);
  await visitor.post('/api/session/link', { token: wrong });
  await visitor.get(`/api/users?password=${wrong}`);
  await visitor.ask('GET', `/api/${wrong}`, undefined, {
    authorization: `Bearer ${wrong}`,
    cookie: `session=${wrong}`,
  });
  await admin.post('/api/users', { email: 'x', name: 'x', role: 'viewer', password: wrong });
  await admin.ask('PUT', '/api/session/password', { current: wrong, password: `${wrong}-new` });
  await admin.get(`/api/jobs?search=x&cursor=${wrong}`);
  for (const path of [
    '/api/audit?limit=100',
    '/api/audit/export',
    '/api/jobs?limit=100',
    '/api/connections',
    '/api/users',
    '/api/api-keys',
    '/api/settings',
  ])
    await admin.get(path);
}

const asSuperuser = <Row>(sql: string, parameters: unknown[] = []) =>
  withConnection(
    superuserUrl(api.database.name),
    async (client) => (await client.query(sql, parameters)).rows as Row[],
  );

function allSecrets(): Map<string, string> {
  const all = new Map(secrets);
  for (const [kind, values] of wire.secrets)
    [...values].forEach((value, index) => all.set(`${kind} ${index + 1} of HighLevel`, value));
  return all;
}

async function dump(): Promise<Place[]> {
  const tables = await asSuperuser<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  return Promise.all(
    tables.map(async ({ name }) => {
      const rows = await asSuperuser<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
      return { name: `table ${name}`, bytes: Buffer.from(rows.map(({ row }) => row).join('\n')) };
    }),
  );
}

/** What a stolen disk holds: the files of this database and the write-ahead log. */
async function disk(): Promise<Place[]> {
  const [{ directory, oid }] = await asSuperuser<{ directory: string; oid: string }>(
    `SELECT current_setting('data_directory') AS directory, oid::text AS oid FROM pg_database WHERE datname = current_database()`,
  );
  await asSuperuser('CHECKPOINT');
  return [join('base', oid), 'pg_wal'].flatMap((part) =>
    readdirSync(join(directory, part), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({ name: `file ${part}/${name}`, bytes: readFileSync(join(directory, part, name)) })),
  );
}

const answers = (): Place[] =>
  callers.flatMap((caller) =>
    caller.heard
      .filter(({ text }) => !shownOnce.includes(text))
      .map(({ text, headers: { 'set-cookie': cookie, ...headers } }, index) => ({
        name: `answer ${index}: ${text.slice(0, 60)}`,
        bytes: Buffer.from(text + JSON.stringify(headers)),
      })),
  );

it('went through the product in numbers', () => {
  const kinds = Object.fromEntries([...wire.secrets].map(([kind, values]) => [kind, values.size]));
  expect(kinds.access_token).toBeGreaterThan(3);
  expect(kinds).toMatchObject({
    client_secret: 1,
    refresh_token: expect.any(Number) as number,
    code: expect.any(Number) as number,
  });
  expect(kinds.password).toBeGreaterThan(1);
  expect(wire.quoted.filter((said) => /Bearer \S{20}/.test(said)).length).toBeGreaterThan(6);
  expect(wire.quoted.filter((said) => said.includes('"password"')).length).toBeGreaterThan(1);
  expect(wire.quoted.filter((said) => said.includes('client_secret')).length).toBeGreaterThan(0);
});

it('are in no table', async () => expect(find(allSecrets(), await dump())).toEqual([]));

it('are in no file of the database and in no part of its log', async () => {
  const files = await disk();
  expect(files.length).toBeGreaterThan(50);
  expect(find(allSecrets(), files)).toEqual([]);
});

it('are in no line that was logged', () => {
  expect(api.lines.length).toBeGreaterThan(50);
  expect(find(allSecrets(), [{ name: 'the log', bytes: Buffer.from(api.lines.join('')) }])).toEqual([]);
});

it('are in no answer, but for the one that shows an API key', () => {
  const places = answers();
  expect(places.length).toBeGreaterThan(60);
  expect(find(allSecrets(), places)).toEqual([]);
});

it('would have been found: the search sees every form in which a secret can be written', () => {
  const secret = 'sw/§ecret+"value" 1234567890';
  const forms = [secret, encodeURIComponent(secret), JSON.stringify({ secret }), Buffer.from(secret).toString('hex')];
  const encoded = ['', 'x', 'xy', 'xyz'].map((before) => Buffer.from(`${before}${secret}:more`).toString('base64'));
  for (const text of [...forms, ...encoded])
    expect(find(new Map([['it', secret]]), [{ name: 'text', bytes: Buffer.from(`...${text}...`) }])).toEqual([
      'it in text',
    ]);
});

it('of people are kept as argon2id only', async () => {
  const rows = await asSuperuser<{ hash: string }>(
    'SELECT password_hash AS hash FROM users WHERE password_hash IS NOT NULL',
  );
  for (const { hash } of rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

describe('a sealed value that somebody changed', () => {
  const cells = 'SELECT id, access_cell AS access, refresh_cell AS refresh FROM ghl_connections WHERE agency_id = $1';
  interface Cells {
    id: string;
    access: string;
    refresh: string;
  }

  it('is refused whatever was done to it; all answers are the same and say nothing', async () => {
    const other = await anAgency(api, 'Other');
    await connect(api, other);
    const [[mine], [theirs]] = await Promise.all([
      asSuperuser<Cells>(cells, [agency.tenant]),
      asSuperuser<Cells>(cells, [other.tenant]),
    ]);
    const [version, kid, iv, text, tag] = mine.access.split('.');
    const flipped = (part: string) => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
    const tamperings: Record<string, string> = {
      'another version': [flipped(version), kid, iv, text, tag].join('.'),
      'an unknown key': [version, 'k-000000000000', iv, text, tag].join('.'),
      'a flipped byte of the vector': [version, kid, flipped(iv), text, tag].join('.'),
      'a flipped byte of the text': [version, kid, iv, flipped(text), tag].join('.'),
      'a flipped byte of the tag': [version, kid, iv, text, flipped(tag)].join('.'),
      'a short tag': [version, kid, iv, text, tag.slice(0, 6)].join('.'),
      'the cell of another column': mine.refresh,
      'the cell of another agency': theirs.access,
      'no cell at all': 'x'.repeat(60),
    };
    const told = new Set<string>();
    for (const [what, cell] of Object.entries(tamperings)) {
      await asSuperuser('UPDATE ghl_connections SET access_cell = $2 WHERE id = $1', [mine.id, cell]);
      const answer = await agency.admin.post(`/api/connections/${mine.id}/check`);
      expect([what, answer.status, answer.json().code]).toEqual([what, 409, 'stored-secret-unreadable']);
      told.add(answer.text.replace(/"traceId":"\w+"/, ''));
    }
    expect([...told]).toHaveLength(1);
    const recorded = await until(async () => {
      const { items } = await agency.admin.must<{ items: { object: string; data: { code: string } }[] }>(
        'GET',
        '/api/audit?action=vault.open&outcome=failed',
      );
      return items.length >= Object.keys(tamperings).length ? items : undefined;
    });
    expect(new Set(recorded.map(({ object }) => object))).toEqual(new Set([`ghl_connections:${mine.id}`]));
    expect(new Set(recorded.map(({ data }) => data.code))).toEqual(
      new Set(['vault-cell-tampered', 'vault-cell-malformed', 'vault-key-unknown']),
    );
    await asSuperuser('UPDATE ghl_connections SET access_cell = $2 WHERE id = $1', [mine.id, mine.access]);
    expect((await agency.admin.post(`/api/connections/${mine.id}/check`)).status).toBe(200);
  });

  it('does not open in another row of the same table', async () => {
    const rows = await asSuperuser<{ key: string; answer: string }>(
      'SELECT key, answer FROM idempotency_keys WHERE agency_id = $1 AND answer IS NOT NULL',
      [agency.tenant],
    );
    const key = 'another-key';
    await agency.admin.post('/api/api-keys', { name: 'moved', role: 'viewer' }, { 'idempotency-key': key });
    await asSuperuser(`UPDATE idempotency_keys SET answer = $1 WHERE key = $2`, [rows[0].answer, key]);
    const replay = await agency.admin.post(
      '/api/api-keys',
      { name: 'moved', role: 'viewer' },
      { 'idempotency-key': key },
    );
    expect([replay.status, replay.json().code]).toEqual([409, 'stored-secret-unreadable']);
  });
});
