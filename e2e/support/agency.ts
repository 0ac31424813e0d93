import { randomUUID } from 'node:crypto';
import { FirstAdminService } from '../../backend/src/modules/identity/index.js';
import { AgenciesService } from '../../backend/src/modules/tenancy/index.js';
import { Secret } from '../../backend/src/platform/crypto/index.js';
import type { TenantId } from '../../backend/src/platform/database/index.js';
import type { RoleName } from '../../backend/src/platform/http/index.js';
import type { ApiApp } from './api-app.js';
import { Caller, cookieOf } from './caller.js';
import { until } from './until.js';

export interface Agency {
  readonly name: string;
  readonly tenant: TenantId;
  readonly email: string;
  readonly password: string;
  /** Its administrator, signed in with the cookie of a browser. */
  readonly admin: Caller;
}

export async function anAgency(api: ApiApp, name: string): Promise<Agency> {
  const { id: tenant } = await api.app.get(AgenciesService).createAgency(name);
  const email = `admin@${randomUUID()}.example`;
  const password = `first-password-${randomUUID()}`;
  await api.app.get(FirstAdminService).ensureFirstAdmin({ agencyId: tenant, email, password: new Secret(password) });
  return { name, tenant, email, password, admin: await signIn(api, email, password) };
}

export async function signIn(api: ApiApp, email: string, password: string): Promise<Caller> {
  const visitor = new Caller(api.url);
  const answer = await visitor.post('/api/session', { email, password });
  if (answer.status !== 201) throw new Error(`Signing in answered ${answer.status}: ${answer.text}`);
  return new Caller(api.url, { cookie: cookieOf(answer), origin: api.url });
}

/** A person with this role, signed in. */
export async function aPerson(api: ApiApp, agency: Agency, role: RoleName) {
  const email = `${role}-${randomUUID()}@people.example`;
  const password = `password-of-${role}-${randomUUID()}`;
  const { id } = await agency.admin.must<{ id: string }>('POST', '/api/users', { email, password, name: role, role });
  return { id, email, password, caller: await signIn(api, email, password) };
}

/** A program with an API key of this role. */
export async function aProgram(api: ApiApp, agency: Agency, role: RoleName) {
  const { id, key } = await agency.admin.must<{ id: string; key: string }>('POST', '/api/api-keys', {
    name: role,
    role,
  });
  return { id, key, caller: new Caller(api.url, { authorization: `Bearer ${key}` }) };
}

/** Gives the consent as a browser does, and waits until the library of snapshots is there. */
export async function connect(
  { url }: ApiApp,
  { admin }: Agency,
  companyId?: string,
): Promise<{ connectionId: string; snapshotId: string }> {
  const { consentUrl } = await admin.must<{ consentUrl: string }>('POST', '/api/connections/ghl');
  const back = await giveConsent(consentUrl, companyId);
  if (back.origin !== url) throw new Error(`The consent led to ${back.origin}`);
  const landed = await admin.get(back.pathname + back.search);
  if (landed.headers.location !== '/connect?connected=1')
    throw new Error(`Connecting led to ${landed.headers.location}`);
  const { items } = await admin.must<{ items: { id: string }[] }>('GET', '/api/connections');
  const snapshotId = await until(async () => {
    const library = await admin.must<{ items: { id: string; name: string }[] }>('GET', '/api/snapshots');
    return library.items[0]?.id;
  });
  return { connectionId: items[0].id, snapshotId };
}

/** Where HighLevel's consent page sends the browser after Approve. */
export async function giveConsent(consentUrl: string, companyId?: string): Promise<URL> {
  const page = await (await fetch(consentUrl)).text();
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const form = new URLSearchParams(
    Object.fromEntries(inputs.map(([, name, value]) => [name, value.replaceAll('&#38;', '&')])),
  );
  form.set('future', 'yes');
  form.set('decision', 'approve');
  if (companyId) form.set('companyId', companyId);
  const { origin, pathname } = new URL(consentUrl);
  const answer = await fetch(origin + pathname, { method: 'POST', body: form, redirect: 'manual' });
  return new URL(answer.headers.get('location')!);
}

/** A request to provision, valid in every field. */
export const aBusiness = (name: string) => ({
  business: {
    name,
    email: `owner@${randomUUID()}.example`,
    city: 'Austin',
    country: 'US',
    timezone: 'America/Chicago',
  },
  snapshot: 'none' as unknown,
  customValues: [{ name: 'Booking Link', value: 'https://book.example' }],
  users: [{ firstName: 'Ann', lastName: 'Lee', email: `ann@${randomUUID()}.example` }],
});

export interface Job {
  id: string;
  title: string;
  state: string;
  actions: string[];
  attention: { code: string } | null;
  steps: { name: string; state: string; error: { code: string } | null }[];
}

const settled = new Set(['done', 'failed', 'cancelled', 'undone', 'needs-human']);

export const settledJob = ({ admin }: Agency, id: string) =>
  until(async () => {
    const job = await admin.must<Job>('GET', `/api/jobs/${id}`);
    return settled.has(job.state) ? job : undefined;
  }, 30_000);

/** Provisions for real, against the simulator, and waits for the end. */
export async function provision(agency: Agency, name: string, snapshot: unknown = 'none'): Promise<Job> {
  const request = { ...aBusiness(name), snapshot };
  const { jobId } = await agency.admin.must<{ jobId: string }>('POST', '/api/provision', request);
  return settledJob(agency, jobId);
}

/** A job that waits for a person: HighLevel cannot load its snapshot. */
export async function aHeldJob({ sim }: ApiApp, agency: Agency, name: string): Promise<Job> {
  const { items } = await agency.admin.must<{ items: { companyId: string }[] }>('GET', '/api/connections');
  const [{ companyId }] = items;
  const id = `broken-${companyId}`.slice(0, 40);
  const snapshot = {
    id,
    companyId,
    name: 'Cannot be loaded',
    type: 'own',
    assets: ['custom_values'],
    customValues: [],
  };
  await sim.post('seed', { snapshots: [{ ...snapshot, alwaysFails: true }] });
  await agency.admin.must('POST', '/api/snapshots/refresh');
  const job = await provision(agency, name, { id });
  if (job.state !== 'needs-human') throw new Error(`The job is ${job.state}`);
  return job;
}
