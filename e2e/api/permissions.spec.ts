import { randomUUID } from 'node:crypto';
import { permissionTable } from '../../backend/src/modules/identity/index.js';
import { roleNames } from '../../backend/src/modules/identity/roles.js';
import type { RoleName } from '../../backend/src/platform/http/index.js';
import { routesOf } from '../../backend/src/platform/http/route-list.js';
import { type Agency, anAgency, aPerson, aProgram, signIn } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import type { Answer } from '../support/ask.js';
import { lastEntry, trailOf } from '../support/audit-trail.js';
import { Caller } from '../support/caller.js';
import { superuserUrl, withConnection } from '../support/database-session.js';
import { generatedDoc } from '../support/generated-docs.js';
import { fill, type Operation, operationsOf } from '../support/operations.js';

/** Everything that answers without credentials. A new one is written down here by hand. */
const open = ['getLiveness', 'getReadiness', 'getStartup', 'receiveGhlWebhook', 'signIn', 'signInByLink'];

/** One story asks for every operation; a busy machine makes it slow, not wrong. */
jest.setTimeout(30_000);

let api: ApiApp;
let agency: Agency;
let closed: Operation[];

beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  // Ending the session comes last: nothing can be asked with it afterwards.
  closed = operationsOf(api.document).filter(({ id }) => !open.includes(id));
  closed.sort((a, b) => Number(a.id === 'signOut') - Number(b.id === 'signOut'));
}, 60_000);
afterAll(() => api.close());

const table = () => permissionTable(routesOf(api.app));
const rowOf = (operation: Operation) => table().operations.find(({ operation: id }) => id === operation.id)!;

/** Names nothing and says nothing: whoever may call the operation hears so, and nothing happens. */
const call = (who: Caller, { verb, path, body }: Operation): Promise<Answer> =>
  who.ask(verb, fill(path, { id: randomUUID() }), body ? {} : undefined);

const codeOf = (answer: Answer) => (answer.status < 400 ? undefined : answer.json<{ code: string }>().code);

it('is written down in docs/permissions.json', () => {
  expect(generatedDoc('permissions.json')).toEqual(JSON.parse(JSON.stringify(table())));
});

it('has a row for every operation of the OpenAPI document, and none for anything else', () => {
  const documented = operationsOf(api.document).map(({ id, verb, path }) => `${id} ${verb} ${path}`);
  const listed = table().operations.map(({ operation, route }) => `${operation} ${route.replace(/:(\w+)/g, '{$1}')}`);
  expect(listed.sort()).toEqual(documented.sort());
  const anyone = table().operations.filter(({ allow }) => allow.includes('anyone'));
  expect(anyone.map(({ operation }) => operation).sort()).toEqual(open);
});

describe.each(roleNames)('%s', (role: RoleName) => {
  it('with a session may do exactly what the table says; each denial is recorded once', async () => {
    const { caller, id } = await aPerson(api, agency, role);
    await expectTable(caller, `user:${id}`, role);
  }, 30_000);

  it('with an API key may do exactly what the table says; each denial is recorded once', async () => {
    const { caller, id } = await aProgram(api, agency, role);
    await expectTable(caller, `api-key:${id}`, role);
  }, 30_000);
});

async function expectTable(caller: Caller, actor: string, role: RoleName): Promise<void> {
  for (const operation of closed) {
    const { allow, permission } = rowOf(operation);
    const before = await lastEntry(api, agency);
    const answer = await call(caller, operation);
    const denials = (await trailOf(api, agency, before)).filter(({ outcome }) => outcome === 'denied');
    const heard = { operation: operation.id, denied: codeOf(answer) === 'permission-missing', denials };
    if (allow.includes(role)) {
      expect(heard).toEqual({ operation: operation.id, denied: false, denials: [] });
      expect(answer.status).not.toBe(401);
    } else {
      const entry = { seq: before + 1, actor, action: permission, object: null, outcome: 'denied' };
      expect(heard).toEqual({ operation: operation.id, denied: true, denials: [entry] });
      expect(answer.status).toBe(403);
    }
  }
}

describe('nobody', () => {
  async function expectUnknown(who: Caller): Promise<void> {
    const before = await lastEntry(api, agency);
    for (const operation of closed) {
      const answer = await call(who, operation);
      expect([operation.id, answer.status, codeOf(answer)]).toEqual([operation.id, 401, 'unauthenticated']);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect(await trailOf(api, agency, before)).toEqual([]);
  }

  const asSuperuser = (sql: string, parameters: unknown[]) =>
    withConnection(superuserUrl(api.database.name), (client) => client.query(sql, parameters));

  it('is who sends no credentials', () => expectUnknown(new Caller(api.url)));

  it('is who sends a made-up cookie or key', async () => {
    await expectUnknown(new Caller(api.url, { cookie: `session=${'x'.repeat(43)}` }));
    await expectUnknown(new Caller(api.url, { authorization: `Bearer sw_${'0'.repeat(12)}_${'0'.repeat(56)}` }));
  });

  it('is who sends a bad key beside a good cookie', () =>
    expectUnknown(new Caller(api.url, { ...agency.admin.headers, authorization: 'Bearer sw_x' })));

  it('is who sends a revoked or an expired key', async () => {
    const revoked = await aProgram(api, agency, 'admin');
    expect((await revoked.caller.get('/api/session')).status).toBe(200);
    await agency.admin.must('DELETE', `/api/api-keys/${revoked.id}`);
    await expectUnknown(revoked.caller);
    const expired = await aProgram(api, agency, 'admin');
    await asSuperuser('UPDATE api_keys SET expires_at = now() WHERE id = $1', [expired.id]);
    await expectUnknown(expired.caller);
  });

  it('is who was disabled, whose session ran out, or who did not use it for half a day', async () => {
    const disabled = await aPerson(api, agency, 'admin');
    await agency.admin.must('PATCH', `/api/users/${disabled.id}`, { disabled: true });
    await expectUnknown(disabled.caller);
    const late = await aPerson(api, agency, 'admin');
    await asSuperuser('UPDATE sessions SET expires_at = now() WHERE user_id = $1', [late.id]);
    await expectUnknown(late.caller);
    const idle = await aPerson(api, agency, 'admin');
    await asSuperuser(`UPDATE sessions SET last_seen_at = now() - interval '13 hours' WHERE user_id = $1`, [idle.id]);
    await expectUnknown(idle.caller);
  });
});

describe('climbing', () => {
  it('to another role is refused to everybody, for oneself and by oneself, and recorded', async () => {
    const operator = await aPerson(api, agency, 'operator');
    const before = await lastEntry(api, agency);
    const own = await operator.caller.ask('PATCH', `/api/users/${operator.id}`, { role: 'admin' });
    const newcomer = { email: 'x@people.example', name: 'x', role: 'admin', password: 'a long enough password' };
    const other = await operator.caller.post('/api/users', newcomer);
    const key = await operator.caller.post('/api/api-keys', { name: 'x', role: 'admin' });
    expect([own.status, other.status, key.status]).toEqual([403, 403, 403]);
    const entries = await trailOf(api, agency, before);
    expect(entries.map(({ outcome, actor }) => [outcome, actor])).toEqual(
      Array(3).fill(['denied', `user:${operator.id}`]),
    );
  });

  it('down leaves an agency with an administrator', async () => {
    const lonely = await anAgency(api, 'Lonely');
    const { user } = await lonely.admin.must<{ user: { id: string } }>('GET', '/api/session');
    const key = await aProgram(api, lonely, 'admin');
    const before = await lastEntry(api, lonely);
    const [self, last] = [
      await lonely.admin.ask('PATCH', `/api/users/${user.id}`, { role: 'viewer' }),
      await key.caller.ask('PATCH', `/api/users/${user.id}`, { disabled: true }),
    ];
    expect([codeOf(self), codeOf(last)]).toEqual(['own-account', 'last-admin']);
    expect((await trailOf(api, lonely, before)).map(({ outcome }) => outcome)).toEqual(['denied', 'denied']);
  });

  it('with a role that was taken away ends at once', async () => {
    const demoted = await aPerson(api, agency, 'admin');
    await agency.admin.must('PATCH', `/api/users/${demoted.id}`, { role: 'viewer' });
    expect((await demoted.caller.get('/api/session')).status).toBe(401);
    const again = await signIn(api, demoted.email, demoted.password);
    expect((await again.post('/api/api-keys', { name: 'x', role: 'viewer' })).status).toBe(403);
  });
});
