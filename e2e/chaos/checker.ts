import type { JournalEntry } from '../../backend/src/integrations/ghl/simulator/journal.js';
import type { SimLocation, SimState } from '../../backend/src/integrations/ghl/simulator/state.js';
import type { Order } from './order.js';
import { endStates, type Try } from './try.js';
import type { World } from './world.js';

interface Job {
  id: string;
  state: string;
  attention: { code: string; cause: string } | null;
  steps: { name: string; state: string; externalId: string | null }[];
}

interface Judged {
  order: Order;
  job: Job;
}

/** Everything that is wrong after a try, by HighLevel's own books and by what the product says of itself. Empty: it survived. */
export async function judge(on: Try): Promise<string[]> {
  const { world, orders } = on;
  const [sim, journal] = [await world.simulator.state(), await world.simulator.journal(on.sinceSerial)];
  const judged = await Promise.all(
    orders
      .filter(({ jobId }) => jobId)
      .map(async (order) => ({ order, job: await world.must<Job>('GET', `/api/jobs/${order.jobId}`) })),
  );
  return [
    ...on.broken.map((promise) => `broken: ${promise}`),
    ...judged.flatMap(stuck),
    ...duplicates(sim, journal, on).map((what) => `duplicated: ${what}`),
    ...unexpected(sim, on).map((what) => `unexpected: ${what}`),
    ...judged.flatMap((each) => untruths(sim, each)).map((what) => `untrue: ${what}`),
    ...(await hidden(world, judged)),
    ...(await openSteps(world, judged)),
    ...(await brokenAudit(world)),
    ...(await brokenConnections(world, sim)),
  ];
}

/** Accepted, and without an end after the bound: lost, or stuck. */
const stuck = ({ order, job }: Judged) =>
  endStates.includes(job.state) ? [] : [`stuck: ${order.token} (${job.id}) is still ${job.state}`];

/** By what HighLevel has, and by what it was asked and did: a user cannot be there twice, but be asked for twice. */
function duplicates(sim: SimState, journal: JournalEntry[], { orders }: Try): string[] {
  const wanted = new Set(orders.filter((each) => !each.mayDouble).map(({ request }) => request.business.name));
  // What the fault itself put beside ours is named so.
  const locations = sim.locations.filter(({ id, name }) => wanted.has(name) && !id.startsWith('second-'));
  const ids = new Set(locations.map(({ id }) => id));
  const emails = new Set(orders.flatMap(({ request }) => request.users.map(({ email }) => email.toLowerCase())));
  const made = (path: RegExp, name: (body: Record<string, unknown>, entry: JournalEntry) => string | undefined) =>
    journal
      .filter((entry) => entry.method === 'POST' && path.test(entry.path) && entry.applied.length > 0)
      .flatMap((entry) => name(entry.body as Record<string, unknown>, entry) ?? []);
  const ours = (name: unknown, known: Set<string>) => (known.has(name as string) ? (name as string) : undefined);
  return [
    ...twice(locations.map(({ name }) => `sub-account ${name}`)),
    ...twice(sim.users.map(({ email }) => email.toLowerCase()).filter((email) => emails.has(email))),
    ...twice(
      sim.customValues
        .filter(({ locationId }) => ids.has(locationId))
        .map(({ locationId, name }) => `value ${name.toLowerCase()} of ${locationId}`),
    ),
    ...twice(made(/^\/locations\/$/, ({ name }) => ours(name, wanted))).map((name) => `creation of ${name}`),
    ...twice(made(/^\/users\/$/, ({ email }) => ours(email, emails))).map((email) => `creation of ${email}`),
    ...twice(
      made(/\/customValues$/, ({ name }, { path }) =>
        ids.has(path.split('/')[2]) ? `value ${name as string} at ${path}` : undefined,
      ),
    ),
  ];
}

const twice = (names: string[]) => [...new Set(names.filter((name, index) => names.indexOf(name) < index))];

/** A sub-account that bears the name of this try and that nobody asked for. */
function unexpected(sim: SimState, { orders, name: mine }: Try): string[] {
  const invoked = new Set(orders.filter((order) => order.invoked).map(({ request }) => request.business.name));
  return sim.locations
    .filter(({ name, createdAt }) => name.startsWith(`Chaos ${mine}-`) && createdAt !== 0 && !invoked.has(name))
    .map(({ name }) => name);
}

/** Done and not there, failed and there, or ended as nobody caused. */
function untruths(sim: SimState, { order, job }: Judged): string[] {
  const location = sim.locations.find(({ name }) => name === order.request.business.name);
  const says = (what: string) => `${job.id} (${order.token}) is ${job.state}, and ${what}`;
  const why = `${job.attention?.code ?? 'no reason'}: ${job.attention?.cause ?? ''}`;
  const asks = job.state === 'needs-human' && order.asksFor.includes(job.attention?.code ?? '');
  if (endStates.includes(job.state) && !order.ends.includes(job.state) && !asks)
    return [says(`nobody caused that: ${why}`)];
  if (job.state === 'done') return missing(sim, order.request, location).map((what) => says(`${what} is missing`));
  const made = job.steps.find(({ name }) => name === 'create-location');
  const unknownToUs = job.state === 'failed' && location && location.createdAt !== 0 && !made?.externalId;
  if (unknownToUs) return [says('its sub-account exists')];
  return job.state === 'undone' && location && location.createdAt !== 0 ? [says('its sub-account is there')] : [];
}

function missing(sim: SimState, request: Order['request'], location: SimLocation | undefined): string[] {
  if (!location) return ['its sub-account'];
  const values = sim.customValues.filter(({ locationId }) => locationId === location.id);
  const has = (name: string, value: string) => values.some((each) => each.name === name && each.value === value);
  const enters = (email: string) =>
    sim.users.some((user) => user.email.toLowerCase() === email && user.locationIds.includes(location.id));
  return [
    ...request.customValues.filter(({ name, value }) => !has(name, value)).map(({ name }) => `the value ${name}`),
    ...request.users.filter(({ email }) => !enters(email.toLowerCase())).map(({ email }) => `the access of ${email}`),
    ...(location.fields['email'] === request.business.email ? [] : ['its e-mail']),
  ];
}

/** A person has to look, and is not told. */
async function hidden(world: World, judged: Judged[]): Promise<string[]> {
  const waiting = judged.filter(({ job }) => job.state === 'needs-human');
  if (waiting.length === 0) return [];
  const path = '/api/jobs?attention=true&limit=100&state=needs-human';
  const { items } = await world.must<{ items: { id: string }[] }>('GET', path);
  const shown = new Set(items.map(({ id }) => id));
  return waiting
    .filter(({ job }) => !shown.has(job.id) || !job.attention)
    .map(({ job, order }) => `hidden: ${order.token} (${job.id}) needs a person and is not listed with a reason`);
}

/** A run that has ended and still has a holder, or a step whose outcome nobody will look for. A person's job has a person. */
async function openSteps({ postgres }: World, judged: Judged[]): Promise<string[]> {
  const rows = await postgres.rows<{ run_id: string; name: string; state: string }>(
    `SELECT s.run_id, s.name, s.state FROM run_steps s JOIN runs r ON r.agency_id = s.agency_id AND r.id = s.run_id
     WHERE s.run_id = ANY ($1) AND r.state = ANY ($2)
       AND (r.lease_owner IS NOT NULL OR (s.state IN ('intent', 'unknown', 'undoing') AND r.state <> 'needs-human'))`,
    [judged.map(({ job }) => job.id), endStates],
  );
  return rows.map((row) => `without owner: step ${row.name} of ${row.run_id} is ${row.state}`);
}

async function brokenAudit(world: World): Promise<string[]> {
  const verdict = await world.must<{ intact: boolean; firstBad: unknown }>('GET', '/api/audit/verify');
  return verdict.intact ? [] : [`audit: the chain breaks at ${JSON.stringify(verdict.firstBad)}`];
}

/** Given up although HighLevel would still take it: its app is installed, and its last refresh token was never used. */
async function brokenConnections(world: World, sim: SimState): Promise<string[]> {
  const { items } = await world.must<{ items: { companyId: string; status: string; statusReason: string }[] }>(
    'GET',
    '/api/connections',
  );
  return items
    .filter(
      ({ companyId, status }) => status !== 'active' && sim.companies.find(({ id }) => id === companyId)?.installation,
    )
    .map(({ companyId, status, statusReason }) => `connection: ${companyId} is ${status}: ${statusReason}`);
}
