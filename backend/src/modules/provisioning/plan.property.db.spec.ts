import fc from 'fast-check';
import { ProvisioningWorld } from '../../../test/provisioning-world.js';
import type { JournalEntry } from '../../integrations/ghl/simulator/journal.js';
import type { ProvisioningPlan } from './provisioning.schema.js';

jest.setTimeout(180_000);

const pairs = 40;
const words = ['Booking Link', 'Hours', 'Owner', 'Slogan', 'Fax', 'Öffnungszeit'];
const known = ['maya.lindqvist', 'tomas.okafor', 'priya.raman'].map((name) => `${name}@northwindgrowth.example`);

/** What is asked for, and what is there: a sub-account that has some of it already, or nothing. */
const aPair = fc.record({
  values: fc.uniqueArray(fc.record({ name: fc.constantFrom(...words), value: fc.constantFrom('', 'a', 'b') }), {
    selector: ({ name }) => name,
  }),
  liveValues: fc.uniqueArray(fc.record({ name: fc.constantFrom(...words), value: fc.constantFrom('', 'a', 'c') }), {
    selector: ({ name }) => name,
  }),
  people: fc.uniqueArray(fc.constantFrom('known0', 'known1', 'known2', 'new0', 'new1'), { maxLength: 4 }),
  inside: fc.uniqueArray(fc.constantFrom(0, 1, 2)),
  snapshot: fc.boolean(),
  loaded: fc.boolean(),
  adopt: fc.boolean(),
  city: fc.constantFrom(undefined, 'Austin', 'Dallas'),
  liveCity: fc.constantFrom(undefined, 'Austin'),
});
type Pair = typeof aPair extends fc.Arbitrary<infer Shape> ? Shape : never;

describe('a plan', () => {
  let world: ProvisioningWorld;
  let companyId: string;
  let snapshot: { id: string; name: string; assets: string[] };
  let number = 0;

  beforeAll(async () => {
    world = await ProvisioningWorld.begin();
    const state = await world.state();
    [{ id: companyId }] = state.companies;
    snapshot = state.snapshots.find((each) => !each.firstLoadFails && !each.alwaysFails && !each.stuck)!;
    await world.connect();
    await world.work();
    while (
      (await world.in((tx) => tx.query('SELECT 1 FROM snapshots WHERE agency_id = $1', [world.tenant]))).length === 0
    );
  });
  afterAll(() => world.end());

  it('predicts every call and every effect, and leaves nothing to do', async () => {
    await fc.assert(fc.asyncProperty(aPair, holds), { numRuns: pairs, endOnFailure: true });
  });

  async function holds(pair: Pair): Promise<void> {
    const request = await arrange(pair);
    await world.plan(request);
    const beforePlan = await lastSerial();
    const plan = await world.plan(request);
    const reads = (await since(beforePlan)).length;

    const beforeStart = await lastSerial();
    const { jobId } = await world.start({ ...request, planHash: plan.planHash });
    await world.until(jobId, 'done');
    const calls = (await since(beforeStart)).slice(reads);
    expect({ pair, calls: spent(calls) }).toEqual({
      pair,
      calls: { company: plan.calls.company, location: plan.calls.location },
    });
    expect({ pair, effects: effects(calls) }).toEqual({ pair, effects: planned(plan) });

    const second = await world.plan({ ...request, existing: 'adopt' });
    expect({ pair, left: planned(second) }).toEqual({ pair, left: nothing });

    if (!pair.adopt) return;
    await world.sim.post('seed', {
      locations: [{ id: `live${number}`, name: `Pair ${number}`, fields: { email: emailOf(number), city: 'Moved' } }],
    });
    const refused = world.start({ ...request, planHash: second.planHash });
    if (pair.city) await expect(refused).rejects.toMatchObject({ kind: 'conflict', code: 'plan-stale' });
    else await refused.then(({ jobId: again }) => world.until(again, 'done'));
  }

  /** Makes the live half of a pair, and returns the request half. */
  async function arrange(pair: Pair) {
    number++;
    if (pair.adopt) await arrangeLive(pair, `live${number}`);
    const person = (who: string) => ({
      ...{ firstName: 'Pat', lastName: 'Lee' },
      email: who.startsWith('known') ? known[Number(who.at(-1))] : `${who}.${number}@pairs.example`,
    });
    return {
      business: { name: `Pair ${number}`, email: emailOf(number), ...(pair.city ? { city: pair.city } : {}) },
      snapshot: pair.snapshot ? { id: snapshot.id } : 'none',
      customValues: pair.values,
      users: pair.people.map(person),
      existing: pair.adopt ? 'adopt' : 'refuse',
    };
  }

  async function arrangeLive(pair: Pair, id: string): Promise<void> {
    const place = { companyId, active: true, createdAt: 0, visibleAt: 0, installedAt: 1 };
    const fields = { email: emailOf(number), ...(pair.liveCity ? { city: pair.liveCity } : {}) };
    const { users } = await world.state();
    const inside = pair.inside.map((index) => users.find(({ email }) => email === known[index])!);
    await world.sim.post('seed', {
      locations: [{ id, name: `Pair ${number}`, fields, ...place }],
      users: inside.map((user) => ({ id: user.id, locationIds: [...user.locationIds, id] })),
      access: {
        [`by-hand-${id}`]: {
          holder: 'Location',
          companyId,
          locationId: id,
          pit: true,
          expiresAt: Number.MAX_SAFE_INTEGER,
          scopes: ['locations/customValues.write'],
        },
      },
    });
    for (const value of pair.liveValues) await byHand(id, 'POST', `/locations/${id}/customValues`, value);
    if (!pair.snapshot || !pair.loaded) return;
    await world.sim.post('seed', {
      access: {
        agency: {
          holder: 'Company',
          companyId,
          pit: true,
          expiresAt: Number.MAX_SAFE_INTEGER,
          scopes: ['locations.write'],
        },
      },
    });
    await byHand('agency', 'PUT', `/locations/${id}`, { companyId, snapshot: { id: snapshot.id } });
  }

  async function byHand(who: string, method: string, path: string, body: object): Promise<void> {
    const token = who === 'agency' ? who : `by-hand-${who}`;
    const headers = { authorization: `Bearer ${token}`, version: '2021-07-28', 'content-type': 'application/json' };
    const answer = await fetch(world.simulator.url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`By hand: ${answer.status} ${await answer.text()}`);
  }

  const emailOf = (pair: number) => `owner.${pair}@pairs.example`;
  const lastSerial = async () => (await world.sim.journal()).at(-1)!.serial;
  const since = async (serial: number) =>
    (await world.sim.journal()).filter((entry) => entry.serial > serial && !isPoll(entry));
  const isPoll = ({ path }: JournalEntry) => path.startsWith('/snapshots/snapshot-status/');
  const spent = (calls: JournalEntry[]) => ({
    company: calls.filter(({ tokenClass }) => tokenClass === 'Company').length,
    location: calls.filter(({ tokenClass }) => tokenClass === 'Location').length,
  });
});

const nothing = { create: 0, change: 0, load: 0, write: 0, invite: 0 };

function planned({ actions }: ProvisioningPlan): typeof nothing {
  const count = (kind: string) => actions.filter((action) => action.kind === kind).length;
  const change = actions.filter(({ kind, changes }) => kind === 'adopt' && changes.length > 0).length;
  return { create: count('create'), change, load: count('load'), write: count('write'), invite: count('invite') };
}

/** What took effect, by HighLevel's journal. A new sub-account brings its load along. */
function effects(calls: JournalEntry[]): typeof nothing {
  const applied = (method: string, path: RegExp) =>
    calls.filter((entry) => entry.method === method && path.test(entry.path) && entry.applied.length > 0);
  const made = applied('POST', /^\/locations\/$/);
  const changes = applied('PUT', /^\/locations\/[^/]+$/);
  const hasLoad = ({ body }: JournalEntry) => 'snapshot' in (body as object) || 'snapshotId' in (body as object);
  return {
    create: made.length,
    change: changes.filter((entry) => !hasLoad(entry)).length,
    load: [...made, ...changes].filter(hasLoad).length,
    write: [...applied('POST', /customValues$/), ...applied('PUT', /customValues\/[^/]+$/)].length,
    invite: [...applied('POST', /^\/users\/$/), ...applied('PUT', /^\/users\/[^/]+$/)].length,
  };
}
