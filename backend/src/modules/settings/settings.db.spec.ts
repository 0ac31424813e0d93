import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { ApiKeysService } from '../identity/index.js';
import { SettingsModule } from './settings.module.js';
import { SettingsService } from './settings.service.js';

let small: SmallApp;
let agency: TenantId;
let headers: { authorization: string };

beforeAll(async () => {
  small = await startSmallApp({ modules: [SettingsModule] });
  agency = await small.anAgency('Acme');
  const { key } = await small.app
    .get(ApiKeysService)
    .createApiKey({ tenant: agency, actor: 'system' }, { name: 'Owner', role: 'admin' });
  headers = { authorization: `Bearer ${key}` };
});
afterAll(() => small?.close());

const get = async () => (await small.inject({ method: 'GET', url: '/api/settings', headers })).json();
const put = (payload: object) => small.inject({ method: 'PUT', url: '/api/settings', headers, payload });

it('begins with defaults', async () => {
  expect(await get()).toMatchObject({
    settings: {
      ...{ agencyName: 'Acme', recommendationThreshold: 0.6, defaultUserRole: 'user', timezone: 'UTC' },
      modelBudgetPerDay: 500,
    },
    updatedAt: null,
    updatedBy: null,
  });
});

it('changes what was named, records before and after, and renames the agency', async () => {
  const { version } = await get();
  const answer = await put({ version, agencyName: 'Acme Ltd', timezone: 'Europe/Berlin', defaultUserRole: 'user' });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    settings: { agencyName: 'Acme Ltd', timezone: 'Europe/Berlin' },
    updatedBy: expect.stringMatching(/^api-key:/),
  });
  const { items } = (await small.inject({ method: 'GET', url: '/api/audit?action=settings.manage', headers })).json();
  expect(items[0].data).toEqual({
    before: { agencyName: 'Acme', timezone: 'UTC' },
    after: { agencyName: 'Acme Ltd', timezone: 'Europe/Berlin' },
  });
  const settings = small.app.get(SettingsService);
  expect(await settings.get(agency)).toMatchObject({ agencyName: 'Acme Ltd' });
  expect(await small.app.get(Transaction).run(agency, (tx) => settings.get(tx))).toMatchObject({
    timezone: 'Europe/Berlin',
  });
});

it('loses nobody a change', async () => {
  const { version } = await get();
  const answers = await Promise.all([
    put({ version, recommendationThreshold: 0.1 }),
    put({ version, recommendationThreshold: 0.9 }),
  ]);
  expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409]);
  expect(answers.find((answer) => answer.statusCode === 409)!.json()).toMatchObject({
    code: 'settings-changed',
    evidence: { version: (await get()).version },
  });
});

it('refuses what makes no sense', async () => {
  const { version } = await get();
  const answer = await put({ version, timezone: 'Mars/Base', recommendationThreshold: 2, agencyName: ' ' });
  expect(
    answer
      .json()
      .errors.map((fault: { pointer: string }) => fault.pointer)
      .sort(),
  ).toEqual(['/agencyName', '/recommendationThreshold', '/timezone']);
});
