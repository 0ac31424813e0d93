import { DataSource } from 'typeorm';
import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { AgenciesService } from '../tenancy/index.js';
import { FirstAdminService } from './first-admin.service.js';

const tables = [
  'agencies',
  'users',
  'sessions',
  'api_keys',
  'sign_in_links',
  'audit_entries',
  'audit_heads',
  'settings',
  'idempotency_keys',
  'vault_keys',
];
let small: SmallApp;
let [a, b]: TenantId[] = [];

beforeAll(async () => {
  small = await startSmallApp();
  [a, b] = [await small.anAgency('A'), await small.anAgency('B')];
  for (const agencyId of [a, b])
    await small.app.get(FirstAdminService).ensureFirstAdmin({ agencyId, email: 'admin@example.com' });
});
afterAll(() => small?.close());

it.each(tables)('shows no row of %s without a tenant, and nobody else’s with one', async (table) => {
  const column = table === 'agencies' ? 'id' : 'agency_id';
  expect(await small.app.get(DataSource).query(`SELECT 1 FROM ${table}`)).toEqual([]);
  const seen = await small.app
    .get(Transaction)
    .run(a, (tx) => tx.query<{ agency: string }>(`SELECT DISTINCT ${column} AS agency FROM ${table}`));
  expect(seen.map((row) => row.agency).filter((agency) => agency !== a)).toEqual([]);
});

it('refuses a row for somebody else', async () => {
  const insert = small.app
    .get(Transaction)
    .run(a, (tx) =>
      tx.query(`INSERT INTO settings (agency_id, key, value, updated_by) VALUES ($1, 'timezone', '"UTC"', 'system')`, [
        b,
      ]),
    );
  await expect(insert).rejects.toThrow(/row-level security/);
});

it('gives an agency one first administrator, however often and at once it is asked', async () => {
  const agency = await small.anAgency('C');
  const firstAdmin = small.app.get(FirstAdminService);
  const made = await Promise.all(Array.from({ length: 4 }, () => firstAdmin.ensureFirstAdmin({ agencyId: agency })));
  expect(made.filter((admin) => admin.created)).toHaveLength(1);
  expect(made.find((admin) => admin.created)!.link!.url.reveal()).toMatch(
    /^http:\/\/localhost:3000\/sign-in\/link#token=[\w-]{43}$/,
  );
  expect(JSON.stringify(made)).not.toMatch(/token=/);
  expect((await small.app.get(AgenciesService).list()).map(({ name }) => name)).toEqual(['A', 'B', 'C']);
});
