import { randomUUID } from 'node:crypto';
import { FirstAdminService } from '../../backend/src/modules/identity/index.js';
import { AgenciesService } from '../../backend/src/modules/tenancy/index.js';
import { Secret } from '../../backend/src/platform/crypto/index.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import { Caller } from '../support/caller.js';

let api: ApiApp;
beforeAll(async () => {
  api = await startApiApp({ PUBLIC_URL: 'https://switchyard.example' });
}, 60_000);
afterAll(() => api.close());

it('is bound to https and to this host when people reach the product by https', async () => {
  const { id: agencyId } = await api.app.get(AgenciesService).createAgency('Acme');
  const [email, password] = ['admin@people.example', randomUUID()];
  await api.app.get(FirstAdminService).ensureFirstAdmin({ agencyId, email, password: new Secret(password) });
  const { headers } = await new Caller(api.url).post('/api/session', { email, password });
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(/^__Host-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect(headers['strict-transport-security']).toMatch(/max-age=31536000/);
});

it('of plain http counts for nothing there', async () => {
  const answer = await new Caller(api.url, { cookie: `session=${'x'.repeat(43)}` }).get('/api/session');
  expect(answer.status).toBe(401);
});
