import { Client } from 'pg';
import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { Secret } from '../../platform/crypto/index.js';
import { AuditTrail, type TenantId, Transaction } from '../../platform/database/index.js';
import { ApiKeysService } from '../identity/index.js';
import { AuditService } from './audit.service.js';
import { verifyExport } from './verify-export.js';

let small: SmallApp;
let agency: TenantId;
let headers: { authorization: string };

beforeAll(async () => {
  small = await startSmallApp();
});
afterAll(() => small?.close());
beforeEach(async () => {
  agency = await small.anAgency();
  const { key } = await small.app
    .get(ApiKeysService)
    .createApiKey({ tenant: agency, actor: 'system' }, { name: 'Auditor', role: 'viewer' });
  headers = { authorization: `Bearer ${key}` };
});

const get = (url: string) => small.inject({ method: 'GET', url, headers });
const trail = () => small.app.get(AuditTrail);
const verdict = () => small.app.get(AuditService).verify(agency, 'system');

/** What only the owner of the tables can do, and nobody while the product runs. */
async function asOwner(sql: string, parameters: unknown[] = []): Promise<void> {
  const owner = new Client({ connectionString: small.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(`SELECT set_config('app.agency_id', $1, false)`, [agency]);
    await owner.query('ALTER TABLE audit_entries DISABLE TRIGGER USER');
    await owner.query(sql, parameters);
    await owner.query('ALTER TABLE audit_entries ENABLE TRIGGER USER');
  } finally {
    await owner.end();
  }
}

it('keeps one chain under concurrent appends', async () => {
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      trail().recordAlone(agency, { actor: 'system', action: 'test.append', data: { n } }),
    ),
  );
  expect(await verdict()).toMatchObject({ intact: true, entries: 22, firstBad: null });
});

it('writes an entry with its change or not at all, and no secret', async () => {
  const failed = small.app.get(Transaction).run(agency, async (tx) => {
    await trail().record(tx, { actor: 'system', action: 'test.lost' });
    throw new Error('rolled back');
  });
  await expect(failed).rejects.toThrow('rolled back');
  await trail().recordAlone(agency, {
    actor: 'system',
    action: 'test.secret',
    data: { token: new Secret('canary'), at: new Date(0), none: undefined },
  });
  const { items } = (await get('/api/audit')).json() as { items: { action: string; data: object }[] };
  expect(items.map((entry) => entry.action)).toEqual(['test.secret', 'api-keys.manage', 'agency.create']);
  expect(items[0].data).toEqual({ token: '[secret]', at: '1970-01-01T00:00:00.000Z' });
  expect(await verdict()).toMatchObject({ intact: true });
});

it.each([
  ['an edited entry', `UPDATE audit_entries SET actor = 'user:x' WHERE agency_id = current_agency() AND seq = 3`, 3],
  [
    'a time moved by a microsecond',
    `UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE agency_id = current_agency() AND seq = 3`,
    3,
  ],
  ['a removed entry', `DELETE FROM audit_entries WHERE agency_id = current_agency() AND seq = 3`, 3],
  ['a cut-off end', `DELETE FROM audit_entries WHERE agency_id = current_agency() AND seq > 4`, 5],
  ['a head that was set back', `UPDATE audit_heads SET seq = 4 WHERE agency_id = current_agency()`, 5],
  ['a head that was removed', `DELETE FROM audit_heads WHERE agency_id = current_agency()`, 1],
])('finds %s and names it', async (_what, sql, seq) => {
  for (let n = 0; n < 4; n++) await trail().recordAlone(agency, { actor: 'system', action: 'test', data: { n } });
  await asOwner(sql);
  expect(await verdict()).toMatchObject({ intact: false, firstBad: { seq } });
});

it('cannot be changed by the role of the product', async () => {
  const transaction = small.app.get(Transaction);
  for (const sql of [
    'UPDATE audit_entries SET actor = $1',
    'DELETE FROM audit_entries WHERE actor = $1',
    'TRUNCATE audit_entries',
  ]) {
    await expect(transaction.run(agency, (tx) => tx.query(sql, sql.includes('$1') ? ['x'] : []))).rejects.toThrow(
      /permission denied/,
    );
  }
});

it('is read in pages, filtered, and of the own agency only', async () => {
  const other = await small.anAgency('Other');
  await trail().recordAlone(other, { actor: 'system', action: 'test.other' });
  for (let n = 0; n < 5; n++) await trail().recordAlone(agency, { actor: 'system', action: 'test.page', data: { n } });
  const first = (await get('/api/audit?action=test.page&limit=3')).json();
  expect(first.items.map((entry: { data: { n: number } }) => entry.data.n)).toEqual([4, 3, 2]);
  const second = (await get(`/api/audit?action=test.page&limit=3&cursor=${first.next}`)).json();
  expect(second).toMatchObject({ items: [{ data: { n: 1 } }, { data: { n: 0 } }], next: null });
  expect((await get(`/api/audit?action=other&cursor=${first.next}`)).json().errors[0].pointer).toBe('?cursor');
  expect((await get('/api/audit?action=test.other')).json().items).toEqual([]);
});

it('is exported as lines that prove themselves, and the export is on record', async () => {
  const answer = await get('/api/audit/export');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="audit.ndjson"',
  });
  const lines = answer.body.split('\n');
  expect(await verifyExport(lines)).toMatchObject({ intact: true, entries: 2 });
  expect(await verifyExport(lines.map((line) => line.replace('Auditor', 'Nobody')))).toMatchObject({
    intact: false,
    firstBad: { seq: 2 },
  });
  expect((await get('/api/audit/verify')).json()).toMatchObject({ intact: true, entries: 3 });
  const { items } = (await get('/api/audit?limit=2')).json();
  expect(items).toMatchObject([
    { action: 'audit.verify', actorName: 'Auditor' },
    { action: 'audit.export', actorName: 'Auditor' },
  ]);
});
