import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import supertest from 'supertest';
import { type Agency, anAgency, aPerson, aProgram, signIn } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import { type Answer, ask } from '../support/ask.js';
import { Caller, cookieOf } from '../support/caller.js';
import { superuserUrl, withConnection } from '../support/database-session.js';
import { operationsOf } from '../support/operations.js';

let api: ApiApp;
let agency: Agency;
beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
}, 60_000);
afterAll(() => api.close());

const elsewhere = 'https://elsewhere.example';

describe('every answer', () => {
  const answers = async (): Promise<Record<string, Answer>> => ({
    page: await agency.admin.get('/'),
    data: await agency.admin.get('/api/users'),
    document: await agency.admin.get('/api/openapi.json'),
    reference: await agency.admin.get('/api/docs'),
    health: await agency.admin.get('/health/live'),
    'not signed in': await new Caller(api.url).get('/api/users'),
    'no such route': await agency.admin.get('/api/no-such-thing'),
    'no such file': await agency.admin.get('/no-such-file.js'),
    'bad body': await agency.admin.post('/api/users', '{'),
    'too large': await agency.admin.post('/api/users', 'x'.repeat(1_100_000)),
    'wrong type': await agency.admin.post('/api/users', 'x', { 'content-type': 'text/plain' }),
    'wrong method': await agency.admin.ask('PUT', '/api/users'),
    'malformed address': await agency.admin.get('/api/jobs/%zz'),
    'header too large': await agency.admin.ask('GET', '/api/users', undefined, { 'x-large': 'x'.repeat(40_000) }),
    redirect: await agency.admin.get('/api/oauth/ghl/callback?error=denied'),
    stream: await agency.admin.get('/api/audit/export'),
  });

  it('forbids sniffing, framing, referrers and inline script, and is kept by nobody', async () => {
    for (const [what, { headers }] of Object.entries(await answers())) {
      const policy = headers['content-security-policy'] as string;
      expect({ what, ...headers }).toMatchObject({
        what,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect([what, policy]).toEqual([what, expect.stringMatching(/frame-ancestors 'none'/)]);
      expect([what, /script-src[^;]*'unsafe|default-src[^;]*'unsafe/.test(policy)]).toEqual([what, false]);
      expect([what, headers['cache-control']]).toEqual([what, expect.stringMatching(/no-store|no-cache/)]);
      expect([what, headers['x-powered-by'], headers.server]).toEqual([what, undefined, undefined]);
      expect([what, headers['access-control-allow-origin']]).toEqual([what, undefined]);
    }
  });

  it('gives the page a nonce that no other answer has', async () => {
    const nonces = await Promise.all(
      Array.from({ length: 5 }, async () => (await agency.admin.get('/')).headers['content-security-policy']),
    );
    expect(new Set(nonces).size).toBe(5);
  });

  it('carries a request id, the caller’s own when it is harmless', async () => {
    const server = supertest(api.url);
    await server.get('/health/live').set('x-request-id', 'my-id.1').expect('x-request-id', 'my-id.1');
    const hostile = await server.get('/health/live').set('x-request-id', 'a b"c').expect(200);
    expect(hostile.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a page of another site', () => {
  it('reads nothing: no answer allows its origin, also not to a preflight', async () => {
    for (const { verb, path } of operationsOf(api.document)) {
      const preflight = { origin: elsewhere, 'access-control-request-method': verb };
      for (const answer of [
        await agency.admin.ask('OPTIONS', path, undefined, preflight),
        await agency.admin.ask('GET', path, undefined, { origin: elsewhere }),
        await agency.admin.ask('GET', path, undefined, { origin: 'null' }),
      ]) {
        const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
        expect([path, allowed]).toEqual([path, []]);
      }
    }
  });

  it('changes nothing with the cookie, whatever the browser says of where it comes from', async () => {
    const origins = [
      { origin: elsewhere },
      { origin: 'null' },
      { origin: `${api.url}.elsewhere.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const browser = new Caller(api.url, { cookie: agency.admin.headers.cookie });
    const before = await everything();
    for (const { verb, path, id } of operationsOf(api.document).filter(({ changes }) => changes)) {
      if (id === 'receiveGhlWebhook') continue; // no cookie counts there
      for (const headers of origins) {
        const answer = await browser.ask(verb, path.replace('{id}', 'x'), {}, headers);
        expect([id, headers, answer.status, answer.json().code]).toEqual([id, headers, 403, 'cross-site-request']);
      }
    }
    expect(await everything()).toEqual(before);
  });

  it('is not understood when it sends what a plain form can send', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      const form = await agency.admin.post('/api/api-keys', 'name=x&role=admin', { 'content-type': type });
      const json = await agency.admin.post('/api/api-keys', '{"name":"x","role":"admin"}', { 'content-type': type });
      expect([type, form.status, json.status]).toEqual([type, 415, 415]);
    }
  });

  it('may open the callback of a consent, which is a navigation, and gains nothing by it', async () => {
    const landed = await agency.admin.ask('GET', '/api/oauth/ghl/callback?code=x&state=y', undefined, {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
    });
    expect([landed.status, landed.headers.location]).toEqual([302, '/connect?problem=state-unknown']);
  });

  const everything = () =>
    withConnection(superuserUrl(api.database.name), async (client) => {
      const counts = `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM api_keys) AS keys,
        (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM audit_entries) AS entries`;
      return (await client.query(counts)).rows[0] as unknown;
    });
});

describe('the cookie', () => {
  it('is out of reach of scripts and of other sites, and ends with the session', async () => {
    const answer = await new Caller(api.url).post('/api/session', { email: agency.email, password: agency.password });
    const [cookie] = answer.headers['set-cookie']!;
    expect(cookie).toMatch(/^session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
  });

  it('brought to a sign-in is not the one that comes back', async () => {
    const first = await new Caller(api.url).post('/api/session', { email: agency.email, password: agency.password });
    const planted = new Caller(api.url, { cookie: cookieOf(first), origin: api.url });
    const second = await planted.post('/api/session', { email: agency.email, password: agency.password });
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    expect((await planted.get('/api/session')).status).toBe(401);
  });

  it('ends at sign-out, at a new password and when the person is disabled', async () => {
    const person = await aPerson(api, agency, 'viewer');
    const [one, two] = [person.caller, await signIn(api, person.email, person.password)];
    await one.must('DELETE', '/api/session');
    expect([(await one.get('/api/session')).status, (await two.get('/api/session')).status]).toEqual([401, 200]);
    const three = await signIn(api, person.email, person.password);
    const changed = await two.ask('PUT', '/api/session/password', {
      current: person.password,
      password: 'another long password',
    });
    expect([changed.status, (await two.get('/api/session')).status, (await three.get('/api/session')).status]).toEqual([
      204, 401, 401,
    ]);
    const four = new Caller(api.url, { cookie: cookieOf(changed) });
    expect((await four.get('/api/session')).status).toBe(200);
    await agency.admin.must('PATCH', `/api/users/${person.id}`, { disabled: true });
    expect((await four.get('/api/session')).status).toBe(401);
  });

  it('is kept as a hash', async () => {
    const { caller } = await aPerson(api, agency, 'viewer');
    const token = String(caller.headers.cookie).split('=')[1];
    const { rows } = await withConnection(superuserUrl(api.database.name), (client) =>
      client.query('SELECT 1 FROM sessions WHERE token_hash = $1', [createHash('sha256').update(token).digest()]),
    );
    expect(rows).toHaveLength(1);
  });
});

describe('an API key', () => {
  it('in the address opens nothing', async () => {
    const { key } = await aProgram(api, agency, 'admin');
    for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'token', 'authorization'])
      expect((await new Caller(api.url).get(`/api/users?${name}=${key}`)).status).toBe(401);
    expect((await ask(api.url.replace('//', `//x:${key}@`), { method: 'GET', path: '/api/users' })).status).toBe(401);
  });

  it('in another scheme, twice, or with a word more opens nothing', async () => {
    const { key } = await aProgram(api, agency, 'admin');
    const encoded = Buffer.from(`${key}:`).toString('base64');
    for (const authorization of [
      key,
      `Basic ${encoded}`,
      `Token ${key}`,
      `Bearer ${key} x`,
      `Bearer ${key.slice(0, -1)}`,
    ])
      expect((await new Caller(api.url, { authorization }).get('/api/users')).status).toBe(401);
  });
});

describe('guessing passwords', () => {
  const inject = (remoteAddress: string, headers: Record<string, string>, body: unknown) =>
    (api.app.getHttpAdapter().getInstance() as unknown as FastifyInstance).inject({
      ...{ method: 'POST', url: '/api/session', remoteAddress },
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(body),
    });
  const same = (answer: { statusCode: number; body: string }) => [
    answer.statusCode,
    answer.body.replace(/"traceId":"\w+"/, '').replace(/\d+ seconds/, ''),
  ];

  it('hears the same of a known and of an unknown account, from the first attempt to the throttled one', async () => {
    const { email } = await aPerson(api, agency, 'viewer');
    for (let attempt = 1; attempt <= 14; attempt++) {
      const known = await inject('203.0.113.20', {}, { email, password: 'wrong' });
      const unknown = await inject('203.0.113.21', {}, { email: 'nobody@people.example', password: 'wrong' });
      expect([attempt, ...same(known)]).toEqual([attempt, ...same(unknown)]);
      expect(known.statusCode).toBe(attempt <= 11 ? known.statusCode : 429);
    }
  });

  it('is told when to come back; the owner signs in from elsewhere meanwhile, and from there when the time is over', async () => {
    const { email, password } = await aPerson(api, agency, 'viewer');
    let last = await inject('203.0.113.30', {}, { email, password: 'wrong' });
    for (let attempt = 0; attempt < 20 && last.statusCode !== 429; attempt++)
      last = await inject('203.0.113.30', {}, { email, password: 'wrong' });
    expect([last.statusCode, Number(last.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await inject('203.0.113.30', {}, { email, password })).statusCode).toBe(429);
    expect((await inject('203.0.113.31', {}, { email, password })).statusCode).toBe(201);
    await withConnection(superuserUrl(api.database.name), (client) =>
      client.query(`UPDATE login_throttle SET blocked_until = blocked_until - interval '5 minutes'`),
    );
    expect((await inject('203.0.113.30', {}, { email, password })).statusCode).toBe(201);
  });

  it('is not helped by naming other addresses, from outside or through a proxy of ours', async () => {
    for (const [peer, forwarded] of [
      ['203.0.113.40', (n: number) => `198.51.100.${n}`], // a stranger who pretends to be a proxy
      ['10.0.0.2', (n: number) => `198.51.100.${n}, 203.0.113.41`], // our proxy adds the stranger's own address at the end
    ] as const) {
      const { email } = await aPerson(api, agency, 'viewer');
      const statuses: number[] = [];
      for (let n = 1; n <= 14; n++)
        statuses.push(
          (await inject(peer, { 'x-forwarded-for': forwarded(n) }, { email, password: 'wrong' })).statusCode,
        );
      expect(statuses.at(-1)).toBe(429);
    }
  });
});
