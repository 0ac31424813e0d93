import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { Secret } from '../../platform/crypto/index.js';
import { Transaction, type TenantId } from '../../platform/database/index.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthenticationService } from './authentication.service.js';
import { FirstAdminService } from './first-admin.service.js';
import { SignInLinksService } from './sign-in-links.service.js';
import { UsersService } from './users.service.js';

const password = 'correct horse battery';
let small: SmallApp;
let agency: TenantId;
let adminId: string;
let adminCookie: string;

beforeAll(async () => {
  small = await startSmallApp();
  agency = await small.anAgency();
  ({ userId: adminId } = await small.app
    .get(FirstAdminService)
    .ensureFirstAdmin({ agencyId: agency, email: 'ada@example.com', password: new Secret(password) }));
  adminCookie = await signIn('ada@example.com');
});
afterAll(() => small?.close());

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  small.inject({ method: 'POST', url, payload, headers });
const cookieOf = (answer: { headers: Record<string, unknown> }) =>
  String([answer.headers['set-cookie']].flat()[0]).split(';')[0];
const get = (url: string, headers: Record<string, string>) => small.inject({ method: 'GET', url, headers });

async function signIn(email: string): Promise<string> {
  const answer = await post('/api/session', { email, password });
  expect(answer.statusCode).toBe(201);
  return cookieOf(answer);
}

async function aUser(email: string, role: 'admin' | 'operator' | 'viewer') {
  return small.app
    .get(UsersService)
    .createUser({ tenant: agency, actor: 'system' }, { email, name: email, role, password });
}

describe('signing in', () => {
  it('opens a session in an HttpOnly cookie', async () => {
    const answer = await post('/api/session', { email: 'ADA@example.com', password });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      agency: { name: 'Acme' },
      user: { email: 'ada@example.com', hasPassword: true },
      role: 'admin',
    });
    expect(answer.headers['set-cookie']).toMatch(/^session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/);
  });

  it('answers a wrong password and an unknown person alike', async () => {
    const wrong = await post('/api/session', { email: 'ada@example.com', password: 'not this one at all' });
    const unknown = await post('/api/session', { email: 'nobody@example.com', password: 'not this one at all' });
    expect(wrong.statusCode).toBe(401);
    expect({ ...wrong.json(), traceId: '' }).toEqual({ ...unknown.json(), traceId: '' });
  });

  it('points at the fields of a bad body', async () => {
    const answer = await post('/api/session', { email: 'ada@example.com', extra: 1 });
    expect(answer.statusCode).toBe(400);
    expect(
      answer
        .json()
        .errors.map((fault: { pointer: string }) => fault.pointer)
        .sort(),
    ).toEqual(['/extra', '/password']);
  });

  it('replaces the session that the browser came with', async () => {
    const before = await signIn('ada@example.com');
    const again = await post('/api/session', { email: 'ada@example.com', password }, { cookie: before });
    expect(cookieOf(again)).not.toBe(before);
    expect((await get('/api/session', { cookie: before })).statusCode).toBe(401);
  });

  it('slows guessing down, and lets other addresses in', async () => {
    await aUser('guessed@example.com', 'viewer');
    const attempt = (address: string, secret: string) =>
      small.inject({
        method: 'POST',
        url: '/api/session',
        payload: { email: 'guessed@example.com', password: secret },
        headers: { 'x-forwarded-for': address },
      });
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++)
      statuses.push((await attempt('203.0.113.9', 'wrong wrong wrong')).statusCode);
    expect(statuses.at(0)).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    const held = await attempt('203.0.113.9', password);
    expect(held.statusCode).toBe(429);
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt('203.0.113.10', password)).statusCode).toBe(201);
  });

  it('accepts a one-time link once', async () => {
    const user = await aUser('link@example.com', 'viewer');
    const { token } = await small.app.get(SignInLinksService).createSignInLink(agency, user.id);
    const [first, second] = [
      await post('/api/session/link', { token: token.reveal() }),
      await post('/api/session/link', { token: token.reveal() }),
    ];
    expect(first.statusCode).toBe(201);
    expect(second.statusCode).toBe(410);
  });
});

describe('a session', () => {
  it('ends when the person signs out', async () => {
    const cookie = await signIn('ada@example.com');
    expect((await small.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } })).statusCode).toBe(204);
    expect((await get('/api/session', { cookie })).statusCode).toBe(401);
  });

  it('ends everywhere when the password changes, but for a new one here', async () => {
    await aUser('change@example.com', 'viewer');
    const [here, there] = [await signIn('change@example.com'), await signIn('change@example.com')];
    const put = (current: string) =>
      small.inject({
        method: 'PUT',
        url: '/api/session/password',
        headers: { cookie: here },
        payload: { current, password: 'another long password' },
      });
    expect((await put('not the present one')).json().errors).toEqual([{ pointer: '/current', detail: 'is not right' }]);
    const changed = await put(password);
    expect(changed.statusCode).toBe(204);
    expect((await get('/api/session', { cookie: there })).statusCode).toBe(401);
    expect((await get('/api/session', { cookie: here })).statusCode).toBe(401);
    expect((await get('/api/session', { cookie: cookieOf(changed) })).statusCode).toBe(200);
  });

  it('ends after twelve idle hours', async () => {
    const cookie = await signIn('ada@example.com');
    const authentication = small.app.get(AuthenticationService);
    const principal = (await authentication.authenticateHandshake({ cookie }))!;
    expect(await authentication.stillValid(principal)).toBe(true);
    await small.app
      .get(Transaction)
      .run(agency, (tx) =>
        tx.query(`UPDATE sessions SET last_seen_at = now() - interval '13 hours' WHERE id = $1`, [principal.sessionId]),
      );
    expect((await get('/api/session', { cookie })).statusCode).toBe(401);
    expect(await authentication.stillValid(principal)).toBe(false);
  });

  it('ends when the person is disabled or gets another role', async () => {
    for (const [email, change] of [
      ['off@example.com', { disabled: true }],
      ['moved@example.com', { role: 'operator' }],
    ] as const) {
      const user = await aUser(email, 'viewer');
      const cookie = await signIn(email);
      const changed = await small.inject({
        method: 'PATCH',
        url: `/api/users/${user.id}`,
        headers: { cookie: adminCookie },
        payload: change,
      });
      expect(changed.statusCode).toBe(200);
      expect((await get('/api/session', { cookie })).statusCode).toBe(401);
    }
  });
});

describe('people', () => {
  it('are created once per idempotency key', async () => {
    const body = { email: 'once@example.com', name: 'Once', role: 'viewer', password };
    const headers = { cookie: adminCookie, 'idempotency-key': 'create-once' };
    const first = await post('/api/users', body, headers);
    const second = await post('/api/users', body, headers);
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json()).toEqual(first.json());
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await post('/api/users', { ...body, name: 'Twice' }, headers);
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('cannot share an address, change their own role, or leave the agency without an administrator', async () => {
    const taken = await post(
      '/api/users',
      { email: 'Ada@example.com', name: 'A', role: 'viewer', password },
      { cookie: adminCookie },
    );
    expect([taken.statusCode, taken.json().code]).toEqual([409, 'email-taken']);
    const own = await small.inject({
      method: 'PATCH',
      url: `/api/users/${adminId}`,
      headers: { cookie: adminCookie },
      payload: { role: 'viewer' },
    });
    expect([own.statusCode, own.json().code]).toEqual([403, 'own-account']);
    const last = small.app
      .get(UsersService)
      .changeUser({ tenant: agency, actor: 'system' }, adminId, { disabled: true });
    await expect(last).rejects.toMatchObject({ code: 'last-admin' });
  });

  it('of another agency cannot be told from ids that never were', async () => {
    const other = await small.anAgency('Other');
    const { userId } = await small.app.get(FirstAdminService).ensureFirstAdmin({ agencyId: other });
    const change = (id: string) =>
      small.inject({
        method: 'PATCH',
        url: `/api/users/${id}`,
        headers: { cookie: adminCookie },
        payload: { name: 'X' },
      });
    const [theirs, nobodys] = [await change(userId), await change('0198c0de-0000-7000-8000-000000000000')];
    expect(theirs.statusCode).toBe(404);
    expect({ ...theirs.json(), traceId: '' }).toEqual({ ...nobodys.json(), traceId: '' });
    expect((await change('not-an-id')).statusCode).toBe(404);
  });
});

describe('API keys', () => {
  it('work as Bearer tokens, not in addresses, and not after they are revoked', async () => {
    const made = await post('/api/api-keys', { name: 'CI', role: 'viewer' }, { cookie: adminCookie });
    expect(made.statusCode).toBe(201);
    const { id, key } = made.json() as { id: string; key: string };
    const headers = { authorization: `Bearer ${key}` };
    expect((await get('/api/session', headers)).json()).toMatchObject({ user: null, role: 'viewer' });
    expect((await get(`/api/session?api_key=${key}`, {})).statusCode).toBe(401);
    expect((await post('/api/api-keys', { name: 'More', role: 'admin' }, headers)).statusCode).toBe(403);
    await small.inject({ method: 'DELETE', url: `/api/api-keys/${id}`, headers: { cookie: adminCookie } });
    expect((await get('/api/session', headers)).statusCode).toBe(401);
    expect((await get('/api/api-keys', { cookie: adminCookie })).body).not.toContain(key);
    expect(small.lines.join('')).not.toContain(key);
  });

  it('do not fall back to the cookie when they are wrong', async () => {
    const answer = await get('/api/session', { cookie: adminCookie, authorization: 'Bearer sw_bad' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  it('are refused with a wrong secret behind a known prefix', async () => {
    const { key } = await small.app
      .get(ApiKeysService)
      .createApiKey({ tenant: agency, actor: 'system' }, { name: 'K', role: 'viewer' });
    const forged = key.replace(/.{9}$/, (end) => [...end].reverse().join(''));
    expect(await small.app.get(AuthenticationService).byApiKey(`Bearer ${forged}`)).toBeUndefined();
    expect(await small.app.get(AuthenticationService).byApiKey(`Bearer ${key}`)).toMatchObject({ role: 'viewer' });
  });
});

it('records what a known person was refused', async () => {
  await aUser('curious@example.com', 'viewer');
  const cookie = await signIn('curious@example.com');
  expect((await post('/api/users', {}, { cookie })).statusCode).toBe(403);
  const { items } = (await get('/api/audit?outcome=denied&limit=1', { cookie: adminCookie })).json() as {
    items: object[];
  };
  expect(items[0]).toMatchObject({ action: 'users.manage', outcome: 'denied', actorName: 'curious@example.com' });
});

it('keeps only hashes', async () => {
  const rows = await small.app
    .get(Transaction)
    .run(agency, (tx) =>
      tx.query<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [adminId]),
    );
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
