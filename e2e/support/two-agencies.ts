import { randomBytes, randomUUID } from 'node:crypto';
import { RateIncidents } from '../../backend/src/modules/ghl-oauth/index.js';
import { SignInLinksService } from '../../backend/src/modules/identity/index.js';
import { Transaction } from '../../backend/src/platform/database/index.js';
import { type Agency, aBusiness, aHeldJob, anAgency, aPerson, aProgram, connect, provision } from './agency.js';
import type { ApiApp } from './api-app.js';

/** One id of each kind: of an agency's own things, or of things that do not exist. */
export interface Things {
  agencyId: string;
  userId: string;
  apiKeyId: string;
  connectionId: string;
  companyId: string;
  snapshotId: string;
  planHash: string;
  /** A job that is done, and one that waits for a person. */
  jobId: string;
  heldJobId: string;
  actor: string;
  oauthState: string;
  /** Where the second page of the jobs and of the audit trail begins. */
  jobsCursor: string;
  auditCursor: string;
  /** A batch that can still be changed, and where the second page of batches begins. */
  batchId: string;
  batchesCursor: string;
  /** What was chosen for its first client. */
  feedbackId: string;
}

export interface AgencyWithThings extends Agency {
  things: Things;
}

/** An agency that has used everything once, through the doors that people use. */
export async function anAgencyWithThings(api: ApiApp, name: string): Promise<AgencyWithThings> {
  const company = `company-${randomUUID()}`;
  await seedCompany(api, company, name);
  const agency = await anAgency(api, name);
  const { admin } = agency;
  const { connectionId, snapshotId } = await connect(api, agency, company);
  await changeAccess(api, agency, connectionId);
  await listLocations(api, agency, connectionId);
  const user = await aPerson(api, agency, 'operator');
  const { id: apiKeyId } = await aProgram(api, agency, 'viewer');
  await api.app.get(SignInLinksService).createSignInLink(agency.tenant, user.id);
  const request = aBusiness(`${name} client`);
  const { planHash } = await admin.must<{ planHash: string }>('POST', '/api/provision/plan', request);
  const job = await provision(agency, `${name} first client`, { id: snapshotId });
  await admin.must('POST', '/api/users', newcomer(name), { 'idempotency-key': `key-of-${name}` });
  const settings = await admin.must<{ version: string }>('GET', '/api/settings');
  await admin.must('PUT', '/api/settings', { version: settings.version, recommendationThreshold: 0.4 });
  const { consentUrl } = await admin.must<{ consentUrl: string }>('POST', '/api/connections/ghl');
  await api.app.get(RateIncidents).record({ resource: `app/${company}`, limit: 50, pausedForMs: 10_000 });
  await admin.must('POST', '/api/queues/bulk/pause');
  const { id: batchId } = await aBatch(agency, `${name} batch`);
  await aBatch(agency, `${name} other batch`);
  await aFailedCall(api, agency);
  await anOpinion(api, agency);
  const { items: chosen } = await admin.must<{ items: { id: string }[] }>('GET', '/api/snapshots/feedback');
  const { id: heldJobId } = await aHeldJob(api, agency, `${name} held client`);
  return {
    ...agency,
    things: {
      ...{ agencyId: agency.tenant, userId: user.id, apiKeyId, connectionId, companyId: company, snapshotId, planHash },
      ...{ jobId: job.id, heldJobId, actor: `user:${user.id}` },
      oauthState: new URL(consentUrl).searchParams.get('state')!,
      jobsCursor: await secondPage(agency, '/api/jobs'),
      auditCursor: await secondPage(agency, '/api/audit'),
      ...{ batchId, batchesCursor: await secondPage(agency, '/api/batches'), feedbackId: chosen[0].id },
    },
  };
}

/** HighLevel failed once: the circuit breaker has begun to count. */
async function aFailedCall({ sim }: ApiApp, { admin }: Agency): Promise<void> {
  await sim.post('faults', { match: { method: 'GET', path: '^/snapshots/$' }, kind: 'status', status: 503 });
  await admin.post('/api/snapshots/refresh');
}

const aBatch = ({ admin }: Agency, title: string) =>
  admin.must<{ id: string }>('POST', '/api/batches', {
    title,
    rows: [{ name: title, email: `${randomUUID()}@people.example` }],
  });

/** As a job does for a moment. */
const changeAccess = ({ app }: ApiApp, { tenant }: Agency, connectionId: string) =>
  app.get(Transaction).run(tenant, (tx) =>
    tx.query(
      `INSERT INTO ghl_access_turns (agency_id, connection_id, user_id, owner, until)
       VALUES ($1, $2, 'somebody', $3, now() + interval '1 hour')`,
      [tenant, connectionId, randomUUID()],
    ),
  );

/** The looks of an hour later are not waited for. */
const listLocations = ({ app }: ApiApp, { tenant }: Agency, connectionId: string) =>
  app
    .get(Transaction)
    .run(tenant, (tx) =>
      tx.query('INSERT INTO ghl_location_looks (agency_id, connection_id, looked_at) VALUES ($1, $2, now())', [
        tenant,
        connectionId,
      ]),
    );

/** A language model was asked once. */
const anOpinion = ({ app }: ApiApp, { tenant }: Agency) =>
  app.get(Transaction).run(tenant, async (tx) => {
    await tx.query(
      `INSERT INTO snapshot_opinions (agency_id, question, model, choice, confidence)
       VALUES ($1, sha256('a question'), 'a model', 'a snapshot', 0.5)`,
      [tenant],
    );
    await tx.query('INSERT INTO model_calls (agency_id, day, calls) VALUES ($1, current_date, 1)', [tenant]);
  });

const newcomer = (name: string) => ({
  ...{ email: `newcomer@${randomUUID()}.example`, name: `${name} newcomer`, role: 'viewer' },
  password: 'a password of a newcomer',
});

async function secondPage({ admin }: Agency, path: string): Promise<string> {
  return (await admin.must<{ next: string }>('GET', `${path}?limit=1`)).next;
}

async function seedCompany({ sim }: ApiApp, id: string, name: string): Promise<void> {
  const user = { firstName: 'Owner', lastName: name, type: 'agency', role: 'admin', locationIds: [] };
  const snapshot = { name: `${name} snapshot`, type: 'own', assets: ['custom_values'], customValues: ['Booking Link'] };
  await sim.post('seed', {
    companies: [{ id, name: `${name} at HighLevel`, email: `team@${id}.example`, agencyPro: true }],
    users: [{ ...user, id: `user-of-${id}`, companyId: id, email: `owner@${id}.example` }],
    snapshots: [{ ...snapshot, id: `snap-${id}`.slice(0, 40), companyId: id }],
  });
}

/** Ids of the same form that name nothing; a cursor that begins at the same place and was made from no row. */
export function missing(like: Things): Things {
  return {
    ...{ agencyId: randomUUID(), userId: randomUUID(), apiKeyId: randomUUID(), connectionId: randomUUID() },
    ...{ companyId: `company-${randomUUID()}`, snapshotId: `snap-company-${randomUUID()}`.slice(0, 40) },
    ...{ jobId: randomUUID(), heldJobId: randomUUID(), actor: `user:${randomUUID()}` },
    planHash: randomBytes(32).toString('hex'),
    oauthState: randomBytes(32).toString('base64url'),
    jobsCursor: besides(like.jobsCursor),
    auditCursor: like.auditCursor,
    ...{ batchId: randomUUID(), batchesCursor: besides(like.batchesCursor), feedbackId: neighbourOf(like.feedbackId) },
  };
}

function besides(cursor: string): string {
  const [filter, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
  return Buffer.from(JSON.stringify([filter, neighbourOf(id)])).toString('base64url');
}

const neighbourOf = (id: string) => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');
