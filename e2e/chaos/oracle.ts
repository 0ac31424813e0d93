import { Client } from 'pg';
import type { JournalEntry } from '../../backend/src/integrations/ghl/simulator/journal.js';
import type { SimLocation, SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import type { Order } from './ordered-work.js';
import type { KillableProduct } from './killable-product.js';
import type { World } from './world.js';

interface Job {
  id: string;
  state: string;
  attention: { code: string; cause: string } | null;
  steps: { name: string; state: string; externalId: string | null; issueCount: number }[];
}

/** What must be empty after any fault; see the promises G1 and G2. */
export interface Findings {
  lost: string[];
  duplicated: string[];
  unexpected: string[];
  untrue: string[];
  openSteps: string[];
  auditBroken: string[];
}

export const nothingFound: Findings = {
  lost: [],
  duplicated: [],
  unexpected: [],
  untrue: [],
  openSteps: [],
  auditBroken: [],
};

const ended = new Set(['done', 'failed', 'cancelled', 'undone', 'needs-human']);

/** Judges by HighLevel's own books, and by what the product says of itself. */
export async function judge({ product, simulator, state }: World, orders: Order[]): Promise<Findings> {
  const [sim, journal] = [await state(), await simulator.control.journal()];
  const jobs = await Promise.all(
    orders.map(async (order) => ({ order, job: await product.must<Job>('GET', `/api/jobs/${order.jobId}`) })),
  );
  const wanted = new Set(orders.map(({ request }) => request.business.name));
  const seeded = new Set(journal.length > 0 ? sim.locations.filter(({ createdAt }) => createdAt === 0) : []);
  return {
    lost: jobs.filter(({ job }) => !ended.has(job.state)).map(({ job }) => `${job.id} is ${job.state}`),
    duplicated: duplicates(sim, journal, wanted),
    unexpected: sim.locations
      .filter((location) => location.name.startsWith('Chaos') && !wanted.has(location.name) && !seeded.has(location))
      .map(({ name }) => name),
    untrue: jobs.flatMap(({ order, job }) => untruths(sim, order, job)),
    openSteps: await openSteps(
      product.databaseUrl,
      jobs.map(({ job }) => job),
    ),
    auditBroken: await brokenAudit(product),
  };
}

/** By what HighLevel has, and by what it was asked and did: a user cannot be there twice, but be asked for twice. */
function duplicates(sim: SimState, journal: JournalEntry[], wanted: Set<string>): string[] {
  const made = (path: RegExp, name: (body: Record<string, unknown>, entry: JournalEntry) => string) =>
    journal
      .filter((entry) => entry.method === 'POST' && path.test(entry.path) && entry.applied.length > 0)
      .map((entry) => name(entry.body as Record<string, unknown>, entry));
  return [
    ...twice(sim.locations.filter(({ name }) => wanted.has(name)).map(({ name }) => `sub-account ${name}`)),
    ...twice(sim.users.map(({ email }) => `user ${email.toLowerCase()}`)),
    ...twice(sim.customValues.map(({ locationId, name }) => `value ${name.toLowerCase()} of ${locationId}`)),
    ...twice(made(/^\/locations\/$/, ({ name }) => `creation of ${name as string}`)),
    ...twice(made(/^\/users\/$/, ({ email }) => `creation of ${email as string}`)),
    ...twice(made(/\/customValues$/, ({ name }, { path }) => `creation of ${name as string} at ${path}`)),
  ];
}

const twice = (names: string[]) => [...new Set(names.filter((name, index) => names.indexOf(name) < index))];

function untruths(sim: SimState, { request }: Order, job: Job): string[] {
  const location = sim.locations.find(({ name }) => name === request.business.name);
  const says = (what: string) => `${job.id} (${request.business.name}) is ${job.state}, and ${what}`;
  if (job.state === 'done') return missing(sim, request, location).map((what) => says(`${what} is missing`));
  const made = job.steps.find(({ name }) => name === 'create-location')!;
  const unknownToUs = job.state === 'failed' && location && location.createdAt !== 0 && made.externalId === null;
  return [
    ...(unknownToUs ? [says('its sub-account exists')] : []),
    says(`nobody caused that: ${job.attention?.code ?? 'no reason'}: ${job.attention?.cause ?? ''}`),
  ];
}

function missing(sim: SimState, request: Order['request'], location: SimLocation | undefined): string[] {
  if (!location) return ['its sub-account'];
  const values = sim.customValues.filter(({ locationId }) => locationId === location.id);
  const has = (name: string, value: string) => values.some((each) => each.name === name && each.value === value);
  const enters = (email: string) =>
    sim.users.some((user) => user.email.toLowerCase() === email && user.locationIds.includes(location.id));
  return [
    ...request.customValues.filter(({ name, value }) => !has(name, value)).map(({ name }) => `the value ${name}`),
    ...request.users.filter(({ email }) => !enters(email)).map(({ email }) => `the access of ${email}`),
    ...(location.fields['email'] === request.business.email ? [] : ['its e-mail']),
  ];
}

async function openSteps(url: string, jobs: Job[]): Promise<string[]> {
  const database = new Client({ connectionString: url });
  await database.connect();
  try {
    const { rows: agencies } = await database.query<{ id: string }>('SELECT id FROM platform_agencies()');
    await database.query(`SELECT set_config('app.agency_id', $1, false)`, [agencies[0].id]);
    const { rows } = await database.query<{ run_id: string; name: string; state: string }>(
      `SELECT s.run_id, s.name, s.state FROM run_steps s JOIN runs r ON r.agency_id = s.agency_id AND r.id = s.run_id
       WHERE s.run_id = ANY ($1) AND (s.state IN ('intent', 'unknown') OR r.lease_owner IS NOT NULL)`,
      [jobs.filter(({ state }) => ended.has(state)).map(({ id }) => id)],
    );
    return rows.map((row) => `${row.run_id} ${row.name} ${row.state}`);
  } finally {
    await database.end();
  }
}

async function brokenAudit(product: KillableProduct): Promise<string[]> {
  const verdict = await product.must<{ intact: boolean; firstBad: unknown }>('GET', '/api/audit/verify');
  return verdict.intact ? [] : [JSON.stringify(verdict.firstBad)];
}
