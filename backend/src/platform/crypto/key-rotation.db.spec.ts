import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { vaultProcess } from '../../../test/vault-process.js';
import { Clock } from '../clock/clock.js';
import { asTenantId, dataSourceOptions, type TenantId, Transaction } from '../database/index.js';
import { Secret } from './secret.js';

jest.setTimeout(60_000);

const aKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [one, two] = [aKey('one'), aKey('two')];
const column = { table: 'idempotency_keys', column: 'answer', key: { key: 'text' } } as const;
const placeAt = (row: string) => ({ table: 'idempotency_keys', column: 'answer', row });

let database: TestDatabase;
let dataSource: DataSource;
let transaction: Transaction;
let tenant: TenantId;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(
    dataSourceOptions({ url: new Secret(database.appUrl), poolSize: 10, entities: [] }),
  ).initialize();
  transaction = new Transaction(dataSource);
  tenant = asTenantId(crypto.randomUUID());
  await transaction.run(tenant, (tx) => tx.query(`INSERT INTO agencies (id, name) VALUES ($1, 'Acme')`, [tenant]));
  directory = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
  rmSync(directory, { recursive: true });
});

type Process = ReturnType<typeof vaultProcess>;
function aProcess(keys: string, options?: Parameters<typeof vaultProcess>[2]): Process {
  const process = vaultProcess(dataSource, keys, options);
  process.sealed.add(column);
  return process;
}
const store = async ({ vault }: Process, row: string, text: string) =>
  transaction.run(tenant, async (tx) =>
    tx.query(
      `INSERT INTO idempotency_keys (agency_id, key, route, request_hash, answer) VALUES ($1, $2, '', '', $3)
       ON CONFLICT (agency_id, key) DO UPDATE SET answer = excluded.answer`,
      [tenant, row, await vault.seal(tx, placeAt(row), new Secret(text))],
    ),
  );
const cellAt = async (row: string) =>
  (
    await transaction.run(tenant, (tx) =>
      tx.query<{ answer: string }>('SELECT answer FROM idempotency_keys WHERE agency_id = $1 AND key = $2', [
        tenant,
        row,
      ]),
    )
  )[0].answer;
const read = async ({ vault }: Process, row: string) =>
  (await vault.open(tenant, placeAt(row), await cellAt(row))).reveal();
const wrappers = () =>
  transaction.run(tenant, (tx) => tx.query('SELECT wrapped_by AS by, state FROM vault_keys ORDER BY created_at'));
/** A process that says which keys it has, as each one does every few seconds. */
const report = (id: string, keys: string[], ago = '0 seconds') =>
  dataSource.query(
    `INSERT INTO processes (id, kind, host, pid, version, vault_keys, beat_at) VALUES ($1, 'worker', 'host-1', 7, 'v', $2, now() - $3::interval)
     ON CONFLICT (id) DO UPDATE SET vault_keys = excluded.vault_keys`,
    [id, keys, ago],
  );
const rotate = async ({ rotation, reEncryption }: Process) => {
  await rotation.add('unused');
  await rotation.promote('two');
  await reEncryption.run(100, () => undefined);
};

it('goes from one key to the next with everything readable all the way, and the first key needed no more', async () => {
  const old = aProcess(one);
  for (let row = 0; row < 250; row++) await store(old, `row-${row}`, `text ${row}`);
  const operator = aProcess(`${one},${two}`);
  expect(await operator.rotation.add('unused')).toEqual(['two']);
  await expect(operator.rotation.retire('one')).rejects.toMatchObject({ detail: /wraps everything that is new/ });
  expect(await operator.rotation.promote('two', { dryRun: true })).toBe('promoted');
  expect(await operator.rotation.promote('two')).toBe('promoted');
  expect(await operator.rotation.promote('two')).toBe('was-current');
  await expect(operator.rotation.retire('one')).rejects.toMatchObject({ detail: /still wraps 1 data keys/ });

  const reader = aProcess(`${one},${two}`);
  let [reading, read1] = [true, 0];
  const reads = (async () => {
    for (; reading; read1++) expect(await read(reader, `row-${read1 % 250}`)).toBe(`text ${read1 % 250}`);
  })();
  const told: number[] = [];
  expect(await operator.reEncryption.run(100, ({ renewed }) => told.push(renewed))).toEqual({
    cells: 0,
    unreadable: 0,
  });
  reading = false;
  await reads;
  expect(read1).toBeGreaterThan(20);
  expect(told).toEqual([100, 200, 250]);

  expect(await wrappers()).toEqual([
    { by: 'two', state: 'retired' },
    { by: 'two', state: 'current' },
  ]);
  expect(await operator.rotation.retire('one')).toBe('retired');
  expect(await operator.rotation.retire('one')).toBe('was-retired');
  const next = aProcess(two);
  for (let row = 0; row < 250; row++) expect(await read(next, `row-${row}`)).toBe(`text ${row}`);
  await expect(operator.rotation.promote('one')).rejects.toMatchObject({ detail: /is retired and stays so/ });
  const { keys } = await operator.rotation.status();
  expect(keys).toMatchObject([
    { id: 'one', state: 'retired', wraps: 0 },
    { id: 'two', state: 'current', wraps: 2 },
  ]);
});

it('opens nothing of a copy made before with the key that came after', async () => {
  await store(aProcess(one), 'row', 'text');
  await expect(read(aProcess(two), 'row')).rejects.toMatchObject({ code: 'vault-ring-key-missing' });
});

it('does not promote while a living process lacks the key, and names it', async () => {
  await store(aProcess(one), 'row', 'text');
  const operator = aProcess(`${one},${two}`);
  await operator.rotation.add('unused');
  await report('worker-1', ['one', 'two']);
  await report('worker-2', ['one']);
  await report('long-gone', ['one'], '1 minute');
  await expect(operator.rotation.promote('two')).rejects.toMatchObject({ detail: /worker-2 \(host-1, pid 7\)$/ });
  await report('worker-2', ['one', 'two']);
  expect(await operator.rotation.promote('two')).toBe('promoted');
});

it('does not take another key of the same name for the one that was added', async () => {
  await aProcess(`${one},${two}`).rotation.add('unused');
  const mistaken = aProcess(`${one},${aKey('two')}`);
  await expect(mistaken.rotation.promote('two')).rejects.toMatchObject({ detail: /another key under its name/ });
  expect(await mistaken.ringKeys.held()).toEqual(['one']);
});

it('wraps with the key that the database names, whatever comes first in a list', async () => {
  await store(aProcess(`${one},${two}`), 'a', 'x');
  const other = asTenantId(crypto.randomUUID());
  await transaction.run(other, (tx) => tx.query(`INSERT INTO agencies (id, name) VALUES ($1, 'Bolt')`, [other]));
  await aProcess(`${two},${one}`).vault.seal(other, placeAt('b'), new Secret('x'));
  expect(await transaction.run(other, (tx) => tx.query('SELECT wrapped_by AS by FROM vault_keys'))).toEqual([
    { by: 'one' },
  ]);
});

it('says that a late process with the old list only is not complete, and wraps nothing there', async () => {
  await store(aProcess(one), 'row', 'text');
  await rotate(aProcess(`${one},${two}`));
  const late = aProcess(one);
  expect(await late.ringKeys.missing()).toEqual(['two']);
  await expect(read(late, 'row')).rejects.toMatchObject({ kind: 'transient', code: 'vault-ring-key-missing' });
  await expect(store(late, 'new', 'text')).rejects.toMatchObject({ code: 'vault-ring-key-missing' });
});

it('waits with promoting for what is being wrapped at that moment', async () => {
  await store(aProcess(one), 'row', 'text');
  const operator = aProcess(`${one},${two}`);
  await operator.rotation.add('unused');
  let promoted: Promise<unknown> | undefined;
  let done = false;
  await transaction.run(tenant, async (tx) => {
    expect(await operator.ringKeys.currentFor(tx)).toBe('one');
    promoted = operator.rotation.promote('two').then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toBe(false);
    expect(await operator.ringKeys.currentFor(tx)).toBe('one');
  });
  await promoted;
  expect(await transaction.run(tenant, (tx) => operator.ringKeys.currentFor(tx))).toBe('two');
});

it('leaves a value alone that was replaced after it was read', async () => {
  const operator = aProcess(one);
  await store(operator, 'row', 'read');
  const [found] = await transaction.run(tenant, (tx) =>
    operator.sealed.sealedByOthers(tx, column, 'another', undefined, 10),
  );
  await store(operator, 'row', 'newer');
  const fresh = await operator.vault.seal(tenant, placeAt('row'), new Secret('read'));
  expect(await transaction.run(tenant, (tx) => operator.sealed.replace(tx, column, [{ ...found, fresh }]))).toBe(0);
  expect(await read(operator, 'row')).toBe('newer');
});

it('waits for nobody who holds a row, and comes back for it', async () => {
  await store(aProcess(one), 'held', 'text');
  const operator = aProcess(`${one},${two}`);
  await operator.rotation.add('unused');
  await operator.rotation.promote('two');
  let running: Promise<unknown> | undefined;
  await transaction.run(tenant, async (tx) => {
    await tx.query(`SELECT 1 FROM idempotency_keys WHERE key = 'held' FOR UPDATE`);
    const first = new Promise((told) => (running = operator.reEncryption.run(10, told)));
    expect(await first).toMatchObject({ renewed: 0, of: 1 });
  });
  expect(await running).toEqual({ cells: 0, unreadable: 0 });
  expect(await read(operator, 'held')).toBe('text');
});

it('comes back for what a process stored with the data key that it still had in mind', async () => {
  const server = aProcess(`${one},${two}`);
  await store(server, 'early', 'text');
  const operator = aProcess(`${one},${two}`, { clock: new Clock() });
  await operator.rotation.add('unused');
  await operator.rotation.promote('two');
  let late: Promise<unknown> | undefined;
  expect(
    await operator.reEncryption.run(10, () => (late ??= pause(2_000).then(() => store(server, 'late', 'text')))),
  ).toEqual({
    ...{ cells: 0, unreadable: 0 },
  });
  await late;
  expect(await cellAt('late')).toMatch(new RegExp(`^v1\\.${(await cellAt('early')).split('.')[1]}\\.`));
  expect(await operator.rotation.retire('one')).toBe('retired');
});

it('names what cannot be opened, leaves it as it is, and is not held up by it', async () => {
  const operator = aProcess(`${one},${two}`);
  await store(operator, 'good', 'text');
  await store(operator, 'bad', 'text');
  const [good, bad] = [await cellAt('good'), await cellAt('bad')];
  await transaction.run(tenant, (tx) => tx.query(`UPDATE idempotency_keys SET answer = $1 WHERE key = 'bad'`, [good]));
  await rotate(operator);
  expect(await operator.rotation.status()).toMatchObject({ cells: 0, unreadable: 1 });
  expect(await cellAt('bad')).toBe(good);
  expect(bad).not.toBe(good);
  expect(await operator.rotation.retire('one')).toBe('retired');
});

it('does not retire while cells are sealed with earlier data keys', async () => {
  const operator = aProcess(`${one},${two}`);
  await store(operator, 'early', 'text');
  const early = await cellAt('early');
  await rotate(operator);
  await transaction.run(tenant, (tx) => tx.query(`UPDATE idempotency_keys SET answer = $1`, [early])); // written late
  await expect(operator.rotation.retire('one')).rejects.toMatchObject({ detail: /^1 cell is still sealed/ });
  expect(await read(aProcess(two), 'early')).toBe('text');
  await operator.reEncryption.run(10, () => undefined);
  expect(await operator.rotation.retire('one', { dryRun: true })).toBe('retired');
  expect(await operator.rotation.retire('one')).toBe('retired');
});

describe('a ring in a file', () => {
  it('is given a new key, and every process learns of it without a restart', async () => {
    const file = join(directory, 'vault.keys');
    const [operator, server] = [aProcess(one, { keyFile: file }), aProcess(one, { keyFile: file })];
    await store(server, 'row', 'text');
    expect(await operator.rotation.add('fresh')).toEqual(['fresh']);
    await server.file.look();
    expect(server.ring.ids).toEqual(['one', 'fresh']);
    await operator.rotation.promote('fresh');
    await operator.reEncryption.run(10, () => undefined);
    expect(await read(server, 'row')).toBe('text');
    await expect(operator.rotation.add('fresh')).rejects.toMatchObject({ detail: /an id means one key for ever/ });
  });

  it('keeps its keys when the file is away or broken, and says so once', async () => {
    const file = join(directory, 'vault.keys');
    const server = aProcess(one, { keyFile: file });
    writeFileSync(file, 'nonsense');
    await server.file.look();
    await server.file.look();
    expect(server.ring.ids).toEqual(['one']);
    rmSync(file);
    await server.file.look();
    expect(server.ring.ids).toEqual(['one']);
    expect(server.lines.filter((line) => line.includes('VAULT_KEYS_FILE cannot be used'))).toHaveLength(2);
  });
});

it('says how to add a key where the environment holds them', async () => {
  await expect(aProcess(one).rotation.add('two')).rejects.toMatchObject({ detail: /restart them one after the other/ });
});
