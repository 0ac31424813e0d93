import fc from 'fast-check';
import { makePlan, type PlanFacts, planDifferences } from './make-plan.js';
import { PlanProvisioning } from './provisioning.schema.js';

const nobody = { confidence: null, reasons: [], runnersUp: [], recommended: null, note: null };
const none = { id: null, name: null, chosenBy: 'none' as const, ...nobody };
const chosen = { id: 's1', name: 'Dental', chosenBy: 'person' as const, ...nobody };

const aFact = ({
  request = {},
  ...more
}: { request?: object } & Partial<Omit<PlanFacts, 'request'>> = {}): PlanFacts => ({
  connectionId: '0198c0de-0000-7000-8000-000000000001',
  request: PlanProvisioning.parse({ business: { name: 'Ace', email: 'a@ace.example' }, snapshot: 'none', ...request }),
  snapshot: none,
  needs: [],
  live: { same: [], users: [] },
  installToFutureLocations: true,
  timing: { pollMs: 1_000, typicalLoadMs: 5_000, budgetMs: 0 },
  now: new Date('2026-11-20T12:00:00Z'),
  ttlMs: 60_000,
  ...more,
});
const kinds = (facts: PlanFacts) => makePlan(facts).actions.map(({ step, kind }) => `${step}: ${kind}`);

const names = fc.constantFrom('Hours', 'Fax', 'Owner', 'Link');
const values = fc.uniqueArray(fc.record({ name: names, value: fc.constantFrom('', 'a', 'b') }), {
  selector: ({ name }) => name,
});
const people = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
const someFacts = fc
  .record({
    wanted: values,
    live: values,
    invited: people,
    known: people,
    inside: people,
    adopt: fc.boolean(),
    load: fc.boolean(),
  })
  .map(({ wanted, live, invited, known, inside, adopt, load }) => {
    const email = (index: number) => `p${index}@ace.example`;
    const users = invited.map((index) => ({ firstName: 'P', lastName: 'L', email: email(index) }));
    const location = { id: 'l1', companyId: 'c1', name: 'Ace', email: 'a@ace.example' };
    return aFact({
      request: { customValues: wanted, users },
      snapshot: load ? chosen : none,
      live: {
        same: adopt ? [location] : [],
        users: known.map((index) => ({
          id: `u${index}`,
          email: email(index),
          locationIds: inside.includes(index) ? ['l1'] : [],
        })),
        ...(adopt ? { adopt: { location, values: live.map((value, index) => ({ id: `v${index}`, ...value })) } } : {}),
      },
    });
  });

describe('makePlan', () => {
  it('says the same of the same facts, whenever it is asked', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const later = { ...facts, now: new Date('2026-11-21T12:00:00Z') };
        expect(makePlan(later).planHash).toBe(makePlan(facts).planHash);
        expect(planDifferences(makePlan(facts).actions, makePlan(later).actions)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts at least one call for each effect, and none of a sub-account without values', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const { actions, calls } = makePlan(facts);
        const effects = actions.filter(({ kind }) => ['create', 'load', 'write', 'invite'].includes(kind)).length;
        expect(calls.company + calls.location).toBeGreaterThan(effects);
        expect(calls.location === 0).toBe(facts.request.customValues.length === 0);
        expect(calls.polls > 0).toBe(facts.snapshot.id !== null);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has nothing to write where everything is as wanted', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const live = facts.request.customValues.map((value, index) => ({ id: `v${index}`, ...value }));
        const location = { id: 'l1', companyId: 'c1', name: 'Ace', email: 'a@ace.example' };
        const users = facts.request.users.map(({ email }, index) => ({ id: `u${index}`, email, locationIds: ['l1'] }));
        const load = { status: 'completed', completed: ['workflows'], pending: [] };
        const { actions } = makePlan({
          ...facts,
          live: { same: [location], users, adopt: { location, values: live, load } },
        });
        const acts = actions.filter(
          ({ kind, changes }) => !['skip', 'verify'].includes(kind) && (kind !== 'adopt' || changes.length > 0),
        );
        expect(acts).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('goes through the steps in their order', () => {
    const request = {
      customValues: [{ name: 'Fax', value: '9' }],
      users: [{ firstName: 'P', lastName: 'L', email: 'p@ace.example' }],
    };
    expect(kinds(aFact({ request, snapshot: chosen }))).toEqual([
      'choose-snapshot: verify',
      'create-location: create',
      'await-snapshot-load: load',
      'apply-custom-values: write',
      'invite-users: invite',
      'verify-location: verify',
    ]);
  });

  it('warns of what will go wrong or be missed', () => {
    const unsure = { ...chosen, chosenBy: 'recommendation' as const, confidence: 0.5 };
    const request = {
      customValues: [{ name: 'Fax', value: '9' }],
      users: [{ firstName: 'P', lastName: 'L', email: 'p@ace.example', type: 'agency' }],
    };
    const earlier = { id: 'r1', title: 'Provision Ace', state: 'done' };
    const facts = aFact({
      request,
      snapshot: unsure,
      needs: ['FAX', 'Hours'],
      installToFutureLocations: false,
      live: { same: [], users: [], earlier },
    });
    expect(makePlan(facts).warnings).toEqual([
      'The snapshot needs custom values that are not given: Hours.',
      expect.stringContaining('will not get the app by themselves'),
      expect.stringContaining('confidence of only 50 %'),
      expect.stringContaining('provisioned this business before'),
      expect.stringContaining('sees all clients'),
    ]);
  });

  it('tells two plans apart in words', () => {
    const [before, after] = ['8', '9'].map((value) =>
      makePlan(aFact({ request: { customValues: [{ name: 'Fax', value }] } })),
    );
    expect(before.planHash).not.toBe(after.planHash);
    expect(planDifferences(before.actions, after.actions)).toEqual([
      { change: 'removed', subject: 'Custom value Fax', detail: 'write; Fax: nothing → 8' },
      { change: 'added', subject: 'Custom value Fax', detail: 'write; Fax: nothing → 9' },
    ]);
  });
});
