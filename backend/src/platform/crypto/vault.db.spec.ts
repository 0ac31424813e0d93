import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { vaultProcess } from '../../../test/vault-process.js';
import { asTenantId, dataSourceOptions, Transaction, type TenantId } from '../database/index.js';
import { Secret } from './secret.js';

const place = { table: 'things', column: 'cell', row: '1' };
const ringText = `kek:${randomBytes(32).toString('base64')}`;
let database: TestDatabase;
let dataSource: DataSource;
let transaction: Transaction;
let [a, b]: TenantId[] = [];

const aProcess = (keys = ringText) => vaultProcess(dataSource, keys);
const aVault = (keys = ringText) => aProcess(keys).vault;

async function anAgency(): Promise<TenantId> {
  const id = asTenantId(crypto.randomUUID());
  await transaction.run(id, (tx) => tx.query(`INSERT INTO agencies (id, name) VALUES ($1, 'Acme')`, [id]));
  return id;
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(
    dataSourceOptions({ url: new Secret(database.appUrl), poolSize: 10, entities: [] }),
  ).initialize();
  transaction = new Transaction(dataSource);
  [a, b] = [await anAgency(), await anAgency()];
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

it('opens in another process what was sealed in this one', async () => {
  const cell = await aVault().seal(a, place, new Secret('canary-token'));
  expect((await aVault().open(a, place, cell)).reveal()).toBe('canary-token');
});

it('gives each agency a key of its own', async () => {
  const vault = aVault();
  const cell = await vault.seal(a, place, new Secret('x'));
  await vault.seal(b, place, new Secret('x'));
  await expect(vault.open(b, place, cell)).rejects.toMatchObject({
    ...{ kind: 'conflict', code: 'stored-secret-unreadable' },
    cause: { code: 'vault-key-unknown' },
  });
});

it('makes one key however many ask first', async () => {
  const agency = await anAgency();
  const cells = await Promise.all(Array.from({ length: 8 }, () => aVault().seal(agency, place, new Secret('x'))));
  expect(new Set(cells.map((cell) => cell.split('.')[1])).size).toBe(1);
  for (const cell of cells) expect((await aVault().open(agency, place, cell)).reveal()).toBe('x');
});

it('forgets a key whose transaction failed', async () => {
  const agency = await anAgency();
  const vault = aVault();
  const failed = transaction.run(agency, async (tx) => {
    await vault.seal(tx, place, new Secret('lost'));
    throw new Error('rolled back');
  });
  await expect(failed).rejects.toThrow('rolled back');
  const cell = await vault.seal(agency, place, new Secret('kept'));
  expect((await aVault().open(agency, place, cell)).reveal()).toBe('kept');
});

it('opens nothing without the right ring, and says so', async () => {
  const cell = await aVault().seal(a, place, new Secret('x'));
  const without = aProcess(`other:${randomBytes(32).toString('base64')}`);
  await expect(without.vault.open(a, place, cell)).rejects.toMatchObject({
    ...{ kind: 'transient', code: 'vault-ring-key-missing' },
    detail: expect.not.stringContaining('kek'),
  });
  expect(without.audit).toEqual([]);
  const withAnother = aProcess(`kek:${randomBytes(32).toString('base64')}`);
  await expect(withAnother.vault.open(a, place, cell)).rejects.toMatchObject({ code: 'stored-secret-unreadable' });
  expect(await withAnother.ringKeys.missing()).toEqual(['kek']);
  for (const { lines } of [without, withAnother])
    expect(lines.join('')).toContain('A sealed value could not be opened');
});

it('records whose secret could not be opened, and why, where no answer tells it', async () => {
  const process = aProcess();
  const cell = await process.vault.seal(a, place, new Secret('x'));
  const answers = [];
  for (const changed of [
    'v1.k.a.b.c',
    cell.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    cell.replace('.k-', '.k-0'),
  ])
    answers.push(
      await process.vault.open(a, place, changed).catch(({ kind, code, detail }) => ({ kind, code, detail })),
    );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const entry = { action: 'vault.open', outcome: 'failed', object: 'things:1' };
  expect(process.audit).toMatchObject([
    { ...entry, data: { code: 'vault-cell-malformed' } },
    { ...entry, data: { code: 'vault-cell-tampered' } },
    { ...entry, data: { code: 'vault-key-unknown' } },
  ]);
});

it('goes on opening what an earlier key-encryption key wrapped', async () => {
  const cell = await aVault().seal(a, place, new Secret('old'));
  const rotated = aVault(`next:${randomBytes(32).toString('base64')},${ringText}`);
  expect((await rotated.open(a, place, cell)).reveal()).toBe('old');
});

it('leaves neither clear text nor a bare key in the database or the log', async () => {
  const { vault, lines } = aProcess();
  await vault.seal(a, place, new Secret('canary-token'));
  const rows = await transaction.run(a, (tx) => tx.query('SELECT * FROM vault_keys'));
  expect(rows).toEqual([expect.objectContaining({ wrapped: expect.stringMatching(/^v1\.kek\./), state: 'current' })]);
  expect(lines.join('')).not.toContain('canary-token');
});

it('shows no key outside of a tenant transaction', async () => {
  expect(await dataSource.query('SELECT * FROM vault_keys')).toEqual([]);
});
