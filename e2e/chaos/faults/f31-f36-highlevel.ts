import type { FaultScript } from '../../../backend/src/integrations/ghl/simulator/faults.js';
import { until } from '../../support/until.js';
import { both, type Fault } from '../fault.js';
import { callOf, type Order } from '../order.js';
import type { Try } from '../try.js';

type Answer = Omit<FaultScript, 'match'>;

/** One order for the creation and one for each other call, each of which meets a fault that is drawn. */
async function spoilEachCall(on: Try, draw: () => Answer): Promise<void> {
  const plain = await on.order('plain');
  const orders: [Order, FaultScript['match']][] = [
    [plain, callOf.create(plain)],
    ...(await Promise.all(
      (['load', 'value', 'user', 'access'] as const).map(async (kind) => {
        const order = await on.order(kind);
        return [order, callOf[kind](order)] as [Order, FaultScript['match']];
      }),
    )),
  ];
  await on.fault(...orders.map(([, match]) => ({ match, ...draw() })));
  on.strike('orders meet spoilt answers');
  await Promise.all(orders.map(([order]) => on.place(order)));
}

const when = (on: Try) => on.random.oneOf(['before', 'after'] as const);

export const f31: Fault = {
  id: 'F31',
  title: 'HighLevel refuses with 429, with and without Retry-After',
  holds: 'the job waits in the database and does each thing once',
  modes: both,
  run: (on) =>
    spoilEachCall(on, () => ({
      kind: 'status',
      status: 429,
      times: on.random.oneOf([1, 2]),
      headers: on.random.oneOf<Record<string, string>>([{ 'retry-after': '1' }, {}]),
    })),
};

export const f32: Fault = {
  id: 'F32',
  title: 'HighLevel answers 500, 502 or 503, before or after it acted',
  holds: 'a write that was answered so is looked for before it is asked again',
  modes: both,
  gentle: true,
  run: (on) =>
    spoilEachCall(on, () => ({ kind: 'status', status: on.random.oneOf([500, 502, 503, 504]), when: when(on) })),
};

export const f33: Fault = {
  id: 'F33',
  title: 'HighLevel acts and does not answer: silence, a drip, headers and nothing more',
  holds: 'the whole call has a deadline; what was made is adopted',
  modes: both,
  gentle: true,
  run: (on) =>
    spoilEachCall(on, () =>
      on.random.oneOf<Answer>([
        { kind: 'timeout', when: 'after' },
        { kind: 'timeout', when: 'before' },
        { kind: 'slow-body', delayMs: 60_000 },
        { kind: 'stalled-body' },
      ]),
    ),
};

export const f34: Fault = {
  id: 'F34',
  title: 'The connection to HighLevel is reset, before, after and in the middle of the answer',
  holds: 'nothing below us sends a write again by itself',
  modes: both,
  gentle: true,
  run: (on) =>
    spoilEachCall(on, () =>
      on.random.oneOf<Answer>([{ kind: 'reset', when: when(on) }, { kind: 'cut-body' }, { kind: 'truncated' }]),
    ),
};

/** Answers that are not what they should be. Each of them comes after HighLevel has acted. */
const malformed: Answer[] = [
  { kind: 'status', status: 200, when: 'after', body: '<html><body>Please sign in</body></html>' },
  { kind: 'status', status: 200, when: 'after', body: {} },
  { kind: 'status', status: 200, when: 'after', body: { id: 7, name: [], roles: 'none' } },
  { kind: 'status', status: 302, when: 'after', headers: { location: 'http://169.254.169.254/latest/meta-data' } },
  { kind: 'truncated' },
  { kind: 'huge-body' },
  { kind: 'gzip-bomb' },
];

export const f35: Fault = {
  id: 'F35',
  title: 'HighLevel answers with something else: HTML, no id, wrong types, 200 MB, a gzip bomb, a redirect',
  holds: 'nothing is done without an id, no redirect is followed, memory stays small, what was made is found',
  modes: both,
  gentle: true,
  async run(on) {
    await spoilEachCall(on, () => on.random.oneOf(malformed));
    for (const order of on.orders) order.asksFor = ['ghl-redirected'];
  },
};

export const f36: Fault = {
  id: 'F36',
  title: 'The search lags, repeats itself or shows two; a creation takes effect when we have given up',
  holds: "the settling time is waited for; two candidates are a person's to decide; a late second one is found",
  modes: both,
  // 1.1 s, so that nothing but the settling time is as long as the search and a late effect together take.
  world: { simulator: { searchLagMs: 55_000 } },
  async run(on) {
    // HighLevel's event would tell at once what the search does not know yet.
    const webhooks = await on.world.silenceWebhooks();
    try {
      await loseOneAnswer(on);
      await loseAnswers(on);
      await tooLate(on);
      await on.settle(60_000);
    } finally {
      await webhooks.restore();
    }
  },
};

const lost = (order: Order): FaultScript => ({ match: callOf.create(order), kind: 'reset', when: 'after' });

/** Alone: where several are lost the breaker opens, and the search is not asked before it knows. */
async function loseOneAnswer(on: Try): Promise<void> {
  const lagging = await on.order('plain');
  await on.fault(lost(lagging));
  on.strike('the answer of a creation is lost');
  await on.place(lagging);
  await on.settle(60_000);
}

async function loseAnswers(on: Try): Promise<void> {
  const [repeated, two, late] = await Promise.all([1, 2, 3].map(() => on.order('plain')));
  await on.fault(lost(repeated), lost(two));
  await on.fault({ match: callOf.create(late), kind: 'late', delayMs: on.random.between(300, 900) });
  on.strike('answers of creations are lost');
  await Promise.all([repeated, two, late].map((order) => on.place(order)));
  await on.fault({ match: callOf.search(repeated), kind: 'repeated-list', times: 20 });
  two.ends = ['needs-human'];
  await seedASecond(on, two);
}

/** Somebody made the very same sub-account by hand in the same moment. */
async function seedASecond(on: Try, { token, request: { business } }: Order): Promise<void> {
  const { simulator } = on.world;
  const made = await until(
    async () => (await simulator.state()).locations.find(({ name }) => name === business.name),
    20_000,
  );
  const second = { ...made, id: `second-${token}`, visibleAt: 0 };
  await simulator.post('seed', { locations: [second] });
}

/** Later than the looks before the second asking: nobody can prevent a second one then, and the later looks find it. */
async function tooLate(on: Try): Promise<void> {
  const { simulator, postgres } = on.world;
  const order = await on.order('plain');
  order.mayDouble = true;
  const { name } = order.request.business;
  await on.fault({ match: callOf.create(order), kind: 'late', delayMs: on.random.between(8_000, 9_000) });
  await on.place(order);
  await until(async () => {
    const creations = (await simulator.journal(on.sinceSerial)).filter(({ body }) =>
      JSON.stringify(body).includes(name),
    );
    if (!creations.some(({ fault, applied }) => fault?.startsWith('late') && applied.length > 0)) return undefined;
    // On a slow machine the looks may come after it: then there is but one.
    const one = (await simulator.state()).locations.filter((each) => each.name === name).length === 1;
    if (one) return (await on.states()).get(order.jobId!) === 'done' || undefined;
    const found = await postgres.rows(
      `SELECT 1 FROM runs WHERE saga = 'location-audit' AND title LIKE $1 AND attention->>'code' = 'second-location'`,
      [`%${name}`],
    );
    return found.length > 0 || undefined;
  }, 60_000);
}
