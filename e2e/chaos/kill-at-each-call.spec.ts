import type { SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import { until } from '../support/until.js';
import { judge, nothingFound } from './oracle.js';
import { anOrder, type Order, place } from './ordered-work.js';
import { aWorld, type World } from './world.js';

interface Held {
  serial: number;
  method: string;
  path: string;
  phase: 'received' | 'applied';
}

/** The outside calls of the saga that change something, and of which kind of order each is. */
const calls = {
  'create the sub-account': { method: 'POST', path: '^/locations/$' },
  'load the snapshot': { method: 'PUT', path: '^/locations/[^/]+$' },
  'create a custom value': { method: 'POST', path: '/customValues$' },
  'create a user': { method: 'POST', path: '^/users/$' },
  'give a user access': { method: 'PUT', path: '^/users/[^/]+$' },
  'delete the sub-account': { method: 'DELETE', path: '^/locations/[^/]+$' },
} as const;

const guest = 'priya.raman@northwindgrowth.example';

/**
 * HighLevel holds a call before or after it takes effect, the product is killed in that moment and started again.
 * All calls are held at once, each of another job, so that one kill tries them all.
 */
describe('kill -9 in the middle of each call', () => {
  let world: World;
  const everything: Order[] = [];
  beforeAll(async () => {
    world = await aWorld(
      { simulator: { allowLocationDelete: true }, times: { CALL_DEADLINE_MS: '6000', LEASE_MS: '1500' } },
      takenOver,
    );
  }, 60_000);
  afterAll(() => world?.stop());

  it.each([
    ['before it takes effect', 'before'],
    ['after it took effect, before the answer', 'after'],
  ] as const)(
    '%s: each job goes on and nothing is done twice',
    async (_, when) => {
      const { product, simulator, state } = world;
      const snapshot = (await state()).snapshots.find((each) => !each.firstLoadFails && !each.alwaysFails)!;
      const undone = await aDoneOrder(world, when);
      const orders = theOrders(when, snapshot.id);
      everything.push(...orders);
      await simulator.control.post('faults', {
        scripts: Object.values(calls).map((match) => ({ match, kind: 'hold', when })),
      });
      const { title } = await product.must<{ title: string }>('GET', `/api/jobs/${undone.jobId}`);
      await product.must('POST', `/api/jobs/${undone.jobId}/undo`, { confirm: title });
      for (const order of orders) await place(product, order);
      const held = await until(async () => {
        const now = (await state()).held as Held[];
        return now.length === Object.keys(calls).length ? now : undefined;
      });
      expect(held.map(({ phase }) => phase)).toEqual(held.map(() => (when === 'before' ? 'received' : 'applied')));

      await product.kill();
      await simulator.control.post('release', { then: 'reset' });
      await product.start();

      await until(async () => (await ended(world, [...orders, undone])) || undefined, 45_000);
      expect(await judge(world, everything)).toEqual(nothingFound);
      expect(await product.must('GET', `/api/jobs/${undone.jobId}`)).toMatchObject({ state: 'undone' });
      expect((await state()).locations.some(({ name }) => name === undone.request.business.name)).toBe(false);
    },
    90_000,
  );
});

async function ended({ product }: World, orders: Order[]): Promise<boolean> {
  const jobs = await Promise.all(
    orders.map(({ jobId }) => product.must<{ state: string }>('GET', `/api/jobs/${jobId}`)),
  );
  return jobs.every(({ state }) => ['done', 'undone', 'failed', 'needs-human'].includes(state));
}

async function aDoneOrder(world: World, when: string): Promise<Order> {
  const order = anOrder(1, 'none');
  order.key += when;
  order.request.business.name = `To be undone ${when}`;
  order.request.business.email = `undone.${when}@chaos.example`;
  order.request.users = [];
  order.request.customValues = [];
  await place(world.product, order);
  await until(async () => (await ended(world, [order])) || undefined);
  return order;
}

/** One for each call: the others of its calls are left out, so that they cannot be held instead. */
function theOrders(when: string, snapshotId: string): Order[] {
  const person = (email: string) =>
    ({ firstName: 'Eve', lastName: 'Lee', email, role: 'user', type: 'account' }) as const;
  const kinds: Record<string, Partial<Order['request']>> = {
    create: { existing: 'refuse' },
    load: { snapshot: { id: snapshotId } },
    value: { customValues: [{ name: 'Held', value: when }] },
    user: { users: [person(`eve.${when}@chaos.example`)] },
    access: { users: [person(guest)] },
  };
  return Object.entries(kinds).map(([kind, request]) => ({
    key: `held-${kind}-${when}`,
    request: {
      ...{ business: businessFor(kind, when), snapshot: 'none', customValues: [], users: [], existing: 'adopt' },
      ...request,
    },
  }));
}

const businessFor = (kind: string, when: string) => ({
  name: `Chaos ${kind} ${when}`,
  email: `${kind}.${when}@chaos.example`,
});

/** All but the first are into sub-accounts that exist and need no change. */
function takenOver({ companies: [{ id: companyId }] }: SimState) {
  const locations = ['before', 'after'].flatMap((when) =>
    ['load', 'value', 'user', 'access'].map((kind) => {
      const { name, email } = businessFor(kind, when);
      return { id: `${kind}${when}`, companyId, name, fields: { email }, active: true, createdAt: 0, visibleAt: 0 };
    }),
  );
  return { locations };
}
