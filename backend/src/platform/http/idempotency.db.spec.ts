import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { Transaction, type TenantId, type Tx } from '../database/index.js';
import { Idempotency } from './idempotency.js';

let small: SmallApp;
let [a, b]: TenantId[] = [];
let acted = 0;

beforeAll(async () => {
  small = await startSmallApp();
  [a, b] = [await small.anAgency('A'), await small.anAgency('B')];
});
afterAll(() => small?.close());
beforeEach(() => (acted = 0));

const within = <Result>(tenant: TenantId, act: (tx: Tx) => Promise<Result>) =>
  small.app.get(Transaction).run(tenant, act);
const once = (tx: Tx, key: string | undefined, request: unknown = { n: 1 }) =>
  small.app
    .get(Idempotency)
    .once(tx, { key, route: 'create', request }, async () => ({ acted: ++acted, secret: 'canary' }));

it('acts once and answers the same', async () => {
  const first = await within(a, (tx) => once(tx, 'k1', { a: 1, b: 2 }));
  const second = await within(a, (tx) => once(tx, 'k1', { b: 2, a: 1 }));
  expect([first, second, acted]).toEqual([{ acted: 1, secret: 'canary' }, { acted: 1, secret: 'canary' }, 1]);
});

it('refuses the key for another request', async () => {
  await within(a, (tx) => once(tx, 'k2'));
  await expect(within(a, (tx) => once(tx, 'k2', { n: 2 }))).rejects.toMatchObject({ kind: 'key-reused' });
});

it('says so at once when the same request is in flight', async () => {
  await within(a, async (tx) => {
    await once(tx, 'k3');
    await expect(within(a, (other) => once(other, 'k3'))).rejects.toMatchObject({
      kind: 'conflict',
      code: 'request-in-flight',
      retryAfterMs: 1_000,
    });
  });
  expect((await within(a, (tx) => once(tx, 'k3'))).acted).toBe(1);
});

it('leaves a failed request free to be repeated', async () => {
  const failed = within(a, async (tx) => {
    await once(tx, 'k4');
    throw new Error('later in the same transaction');
  });
  await expect(failed).rejects.toThrow('later');
  await within(a, (tx) => once(tx, 'k4'));
  expect(acted).toBe(2);
});

it('keeps keys of agencies apart, and acts every time without a key', async () => {
  await within(a, (tx) => once(tx, 'k5'));
  await within(b, (tx) => once(tx, 'k5', { n: 3 }));
  await within(a, (tx) => once(tx, undefined));
  await within(a, (tx) => once(tx, undefined));
  expect(acted).toBe(4);
});

it('stores answers sealed, and forgets them after two days', async () => {
  await within(a, (tx) => once(tx, 'k6'));
  const answers = await within(a, (tx) => tx.query<{ answer: string }>('SELECT answer FROM idempotency_keys'));
  expect(answers.length).toBeGreaterThan(0);
  for (const { answer } of answers) expect(answer).toMatch(/^v1\./);
  await within(a, (tx) =>
    tx.query(`UPDATE idempotency_keys SET created_at = now() - interval '49 hours' WHERE key = 'k6'`),
  );
  await within(a, (tx) => once(tx, 'k7'));
  expect(await within(a, (tx) => tx.query(`SELECT 1 FROM idempotency_keys WHERE key = 'k6'`))).toEqual([]);
});
