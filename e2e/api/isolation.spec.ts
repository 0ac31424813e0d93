import { Client } from 'pg';
import { aBusiness, signIn } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import type { Answer } from '../support/ask.js';
import { atRest } from '../support/at-rest.js';
import { refusalOf, rowsOf, superuserUrl, tenantTables, withConnection } from '../support/database-session.js';
import { fill, type Operation, operationsOf } from '../support/operations.js';
import { type AgencyWithThings, anAgencyWithThings, missing, type Things } from '../support/two-agencies.js';

interface Probe {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

const annotation = { vertical: 'dental', language: 'en', description: null, contents: [], customValues: [] };
const request = aBusiness('Isolation');

/** Each way in which an operation can be given an id. An operation without a row here fails the story. */
const probesOf: Record<string, ((things: Things) => Probe)[]> = {
  listJobs: [
    ({ jobId }) => ({ query: { search: jobId } }),
    ({ jobsCursor }) => ({ query: { limit: '1', cursor: jobsCursor } }),
  ],
  getJob: [({ jobId }) => ({ path: { id: jobId } }), ({ agencyId }) => ({ path: { id: agencyId } })],
  getJobLog: [({ jobId }) => ({ path: { id: jobId }, query: { after: '1' } })],
  downloadJobLog: [({ jobId }) => ({ path: { id: jobId } })],
  followJob: [
    ({ jobId }) => ({ path: { id: jobId } }),
    ({ jobId }) => ({ path: { id: jobId }, query: { after: '3' } }),
  ],
  retryJob: [({ heldJobId }) => ({ path: { id: heldJobId } })],
  cancelJob: [({ heldJobId }) => ({ path: { id: heldJobId } })],
  undoJob: [({ jobId }) => ({ path: { id: jobId }, body: { confirm: 'B first client' } })],
  changeUser: [({ userId }) => ({ path: { id: userId }, body: { role: 'admin', name: 'taken over' } })],
  revokeApiKey: [({ apiKeyId }) => ({ path: { id: apiKeyId } })],
  listAuditEntries: [
    ({ actor }) => ({ query: { actor } }),
    ({ auditCursor }) => ({ query: { limit: '1', cursor: auditCursor } }),
  ],
  checkConnection: [({ connectionId }) => ({ path: { id: connectionId } })],
  disconnect: [({ connectionId }) => ({ path: { id: connectionId } })],
  finishGhlConnection: [({ oauthState }) => ({ query: { state: oauthState, code: 'a-code' } })],
  receiveGhlWebhook: [({ companyId }) => ({ body: { type: 'UNINSTALL', companyId } })],
  annotateSnapshot: [({ snapshotId }) => ({ path: { id: snapshotId }, body: annotation })],
  listSnapshots: [({ snapshotId }) => ({ query: { search: snapshotId } })],
  listSnapshotLoads: [
    ({ snapshotId }) => ({ path: { id: snapshotId } }),
    ({ snapshotId, jobId }) => ({ path: { id: snapshotId }, query: { after: jobId } }),
  ],
  listSnapshotFeedback: [({ feedbackId }) => ({ query: { after: feedbackId } })],
  forgetSnapshotFeedback: [({ feedbackId }) => ({ path: { id: feedbackId } })],
  recommendSnapshot: [({ connectionId }) => ({ body: { name: 'A dentist', connectionId } })],
  planProvisioning: [
    ({ connectionId }) => ({ body: { ...request, connectionId } }),
    ({ snapshotId }) => ({ body: { ...request, snapshot: { id: snapshotId } } }),
  ],
  // Their ids are words; whose queue is meant is told by the caller alone.
  pauseQueue: [() => ({ path: { queue: 'priority' } })],
  drainQueue: [() => ({ path: { queue: 'priority' } })],
  resumeQueue: [() => ({ path: { queue: 'priority' } })],
  startProvisioning: [
    ({ connectionId }) => ({ body: { ...request, connectionId } }),
    ({ snapshotId }) => ({ body: { ...request, snapshot: { id: snapshotId } } }),
    ({ planHash }) => ({ body: { ...request, planHash } }),
  ],
  listBatches: [({ batchesCursor }) => ({ query: { limit: '1', cursor: batchesCursor } })],
  createBatch: [
    ({ connectionId }) => ({ body: { rows: [{ name: 'x', email: 'x@people.example' }], defaults: { connectionId } } }),
  ],
  getBatch: [({ batchId }) => ({ path: { id: batchId } }), ({ agencyId }) => ({ path: { id: agencyId } })],
  changeBatch: [
    ({ batchId }) => ({ path: { id: batchId }, body: { title: 'taken over' } }),
    ({ batchId, connectionId }) => ({ path: { id: batchId }, body: { defaults: { connectionId } } }),
  ],
  listBatchRows: [({ batchId }) => ({ path: { id: batchId }, query: { limit: '1' } })],
  changeBatchRows: [({ batchId }) => ({ path: { id: batchId }, body: { rows: [1], excluded: true } })],
  recommendForBatchRow: [({ batchId }) => ({ path: { id: batchId, n: '1' } })],
  downloadBatchRows: [({ batchId }) => ({ path: { id: batchId } })],
  downloadBatchResult: [({ batchId }) => ({ path: { id: batchId } })],
  getBatchResult: [({ batchId }) => ({ path: { id: batchId } })],
  startBatch: [({ batchId, planHash }) => ({ path: { id: batchId }, body: { planHash } })],
  pauseBatch: [({ batchId }) => ({ path: { id: batchId } })],
  resumeBatch: [({ batchId }) => ({ path: { id: batchId } })],
  cancelBatch: [({ batchId }) => ({ path: { id: batchId } })],
  retryBatch: [({ batchId }) => ({ path: { id: batchId }, body: {} })],
  undoBatch: [({ batchId }) => ({ path: { id: batchId }, body: { confirm: 'B batch' } })],
};

/** They take no id of anything. */
const namesNothing = new Set([
  ...['getSession', 'signIn', 'signInByLink', 'signOut', 'setPassword', 'listUsers', 'createUser', 'listApiKeys'],
  ...['createApiKey', 'verifyAudit', 'exportAudit', 'getSettings', 'changeSettings', 'listConnections'],
  ...['startGhlConnection', 'refreshSnapshots', 'getSnapshotQuality', 'getDashboard', 'getWorkers'],
  ...['listJobCauses', 'retryJobs'],
  ...['getLiveness', 'getReadiness', 'getStartup'],
]);

let api: ApiApp;
let a: AgencyWithThings;
let b: AgencyWithThings;
let operations: Operation[];

beforeAll(async () => {
  api = await startApiApp();
  operations = operationsOf(api.document);
  a = await anAgencyWithThings(api, 'A');
  b = await anAgencyWithThings(api, 'B');
  await atRest(api);
}, 60_000);
afterAll(() => api.close());

const asSuperuser = <Result>(act: (client: Client) => Promise<Result>) =>
  withConnection(superuserUrl(api.database.name), act);
const asApp = <Result>(act: (client: Client) => Promise<Result>) =>
  withConnection(api.database.appUrl, async (client) => {
    await client.query('BEGIN');
    return act(client);
  });
const become = (client: Client, tenant: string) =>
  client.query(`SELECT set_config('app.agency_id', $1, true)`, [tenant]);

async function probe(operation: Operation, { path = {}, query, body }: Probe): Promise<Answer> {
  const search = query ? `?${new URLSearchParams(query).toString()}` : '';
  return a.admin.ask(operation.verb, fill(operation.path, path) + search, body);
}

/** What may differ between two equal answers, and what the caller itself sent. */
/** Without what differs between any two requests: the moment, their names, and how many the caller has left. */
function comparable({ status, headers, text }: Answer, sent: Things) {
  const { date, 'x-request-id': requestId, ...others } = headers;
  const { 'x-ratelimit-remaining': left, 'x-ratelimit-reset': fullAgain, ...rest } = others;
  const echoed = Object.values(sent).reduce((shown, id) => shown.replaceAll(id, '(sent)'), text);
  const known = JSON.stringify(rest).replace(/nonce-[0-9a-f]{32}/g, 'nonce-');
  return {
    status,
    headers: known,
    text: echoed.replace(/"ageSeconds":\d+/, '').replace(/"traceId":"[0-9a-f]{32}"/, '"traceId":""'),
  };
}

async function expectAllAlike(): Promise<void> {
  const nowhere = missing(b.things);
  for (const operation of operations) {
    for (const probeOf of probesOf[operation.id] ?? []) {
      const unknown = comparable(await probe(operation, probeOf(nowhere)), nowhere);
      const foreign = comparable(await probe(operation, probeOf(b.things)), b.things);
      expect({ operation: operation.id, ...foreign }).toEqual({ operation: operation.id, ...unknown });
    }
  }
}

it('has a row for every operation of the OpenAPI document', () => {
  const known = ({ id }: Operation) => Boolean(probesOf[id]) !== namesNothing.has(id);
  expect(operations.filter((operation) => !known(operation)).map(({ id }) => id)).toEqual([]);
  const withoutProbe = operations.filter(({ id, path }) => path.includes('{') && !probesOf[id]);
  expect(withoutProbe.map(({ id }) => id)).toEqual([]);
});

it('answers the id of another agency exactly like a missing one, and changes nothing of the other agency', async () => {
  const before = await asSuperuser((client) => rowsOf(client, b.tenant));
  await expectAllAlike();
  expect(await asSuperuser((client) => rowsOf(client, b.tenant))).toEqual(before);
}, 30_000);

it('still does so when no statement names the agency: row-level security is a wall of its own', async () => {
  const before = await asSuperuser((client) => rowsOf(client, b.tenant));
  const rewritten = await withoutTenantPredicates(expectAllAlike);
  expect(rewritten).toBeGreaterThan(30);
  expect(await asSuperuser((client) => rowsOf(client, b.tenant))).toEqual(before);
}, 30_000);

it('would be seen to leak without both walls, so the two stories above measure something', async () => {
  await asSuperuser((client) => client.query('ALTER TABLE runs DISABLE ROW LEVEL SECURITY'));
  try {
    const onlooker = await signIn(api, a.email, a.password);
    const statuses: number[] = [];
    const look = async () => void statuses.push((await onlooker.get(`/api/jobs/${b.things.jobId}`)).status);
    await look();
    await withoutTenantPredicates(look);
    expect(statuses).toEqual([404, 200]);
  } finally {
    await asSuperuser((client) => client.query('ALTER TABLE runs ENABLE ROW LEVEL SECURITY'));
  }
});

describe('a caller that names another agency', () => {
  const headersOf = (id: string) => ({ 'x-agency-id': id, 'x-tenant': id, 'x-tenant-id': id, 'x-organization-id': id });
  const stable = (answer: Answer) => ({
    status: answer.status,
    text: answer.text.replace(/"(ageSeconds|heartbeatAgeMs|oldestDueMs)":\d+/g, ''),
  });
  const reads = () =>
    operations.filter(
      ({ verb, path, id }) => verb === 'GET' && !path.includes('{') && !/audit|callback/i.test(path + id),
    );

  it('is not believed in headers', async () => {
    for (const { path } of reads()) {
      const plain = stable(await a.admin.get(path));
      expect(stable(await a.admin.ask('GET', path, undefined, headersOf(b.tenant)))).toEqual(plain);
      expect(stable(await a.admin.ask('GET', path, undefined, { host: `${b.tenant}.switchyard.example` }))).toEqual(
        plain,
      );
    }
  });

  it('is ignored or refused in the query, also when named twice', async () => {
    for (const { path } of reads()) {
      const plain = stable(await a.admin.get(path));
      for (const query of [
        `agencyId=${b.tenant}`,
        `agency_id=${b.tenant}`,
        `agencyId=${a.tenant}&agencyId=${b.tenant}`,
      ]) {
        const answer = stable(await a.admin.get(`${path}?${query}`));
        if (answer.status !== 400) expect(answer).toEqual(plain);
      }
    }
  });

  it('is refused in every body, with a pointer to the property', async () => {
    const before = await asSuperuser((client) => rowsOf(client, b.tenant));
    const closed = operations.filter(({ body, id }) => body && id !== 'receiveGhlWebhook');
    expect(closed.length).toBeGreaterThan(8);
    for (const { id, verb, path } of closed) {
      const address = fill(path, { id: id === 'annotateSnapshot' ? a.things.snapshotId : a.things.jobId });
      const answer = await a.admin.ask(verb, address, { agencyId: b.tenant, tenant: b.tenant });
      expect([id, answer.status]).toEqual([id, 400]);
      expect(answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer)).toEqual(
        expect.arrayContaining(['/agencyId', '/tenant']),
      );
    }
    expect(await asSuperuser((client) => rowsOf(client, b.tenant))).toEqual(before);
  });
});

it('hears nothing of the other agency in anything it reads', async () => {
  for (const { path, verb, id } of operations) {
    if (verb === 'GET' && id !== 'finishGhlConnection')
      await a.admin.get(fill(path, { id: a.things.jobId }) + (/jobs$|audit$/.test(path) ? '?limit=100' : ''));
  }
  const { planHash, auditCursor, ...names } = b.things;
  const traces = [...Object.values(names), 'B first client', 'B newcomer', 'B at HighLevel', 'B snapshot', b.email];
  const sentByA = new Set(Object.values(b.things));
  const found = a.admin.heard.flatMap(({ text }) =>
    traces.filter((trace) => !sentByA.has(trace) && text.includes(trace)),
  );
  expect(found).toEqual([]);
  const ids = a.admin.heard
    .slice(-operations.length)
    .flatMap(({ text }) => [...sentByA].filter((id) => text.includes(id)));
  expect(ids.filter((id) => id !== planHash && id !== auditCursor)).toEqual([]);
});

describe('SQL as switchyard_app', () => {
  it('sees no row and writes none while no agency is set, also when the setting is an empty text', async () => {
    await asApp(async (client) => {
      for (const setting of [undefined, '']) {
        if (setting !== undefined) await become(client, setting);
        for (const { name } of await tenantTables(client)) {
          const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
          expect([name, rows[0].count]).toEqual([name, 0]);
        }
      }
    });
    const samples = await oneRowOfEach(b.tenant);
    const tables = await asSuperuser(tenantTables);
    expect(tables.filter(({ name }) => !samples[name] && name !== 'outbox')).toEqual([]); // what is told leaves it
    for (const [name, row] of Object.entries(samples))
      await asApp(async (client) =>
        expect([name, await refusalOf(client, copyInto(name), [row])]).toEqual([name, '42501']),
      );
  });

  it('sees the rows of its agency only, and moves none to another', async () => {
    await asApp(async (client) => {
      await become(client, a.tenant);
      await client.query(
        `INSERT INTO outbox (agency_id, type, payload, tell_at) VALUES ($1, 'kept-for-this-story', '{}', 'infinity')`,
        [a.tenant],
      );
      for (const { name, column } of await tenantTables(client)) {
        const { rows } = await client.query<{ tenant: string }>(`SELECT DISTINCT ${column} AS tenant FROM ${name}`);
        expect([name, ...rows.map(({ tenant }) => tenant)]).toEqual([name, a.tenant]);
        expect([name, await refusalOf(client, `UPDATE ${name} SET ${column} = $1`, [b.tenant])]).toEqual([
          name,
          '42501',
        ]);
      }
      for (const [name, row] of Object.entries(await oneRowOfEach(b.tenant)))
        expect([name, await refusalOf(client, copyInto(name), [row])]).toEqual([name, '42501']);
    });
  });

  const copyInto = (table: string) =>
    `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`;
  const oneRowOfEach = async (tenant: string) =>
    Object.fromEntries(
      Object.entries(await asSuperuser((client) => rowsOf(client, tenant))).flatMap(([name, rows]) =>
        rows.length > 0 ? [[name, rows[0]]] : [],
      ),
    );
});

/** Runs the product with `agency_id = $n` cut out of every statement; returns how many were changed. */
async function withoutTenantPredicates(act: () => Promise<void>): Promise<number> {
  const { query } = Client.prototype as { query: (...given: unknown[]) => unknown };
  const predicate = /(?:[\w"]+\.)?"?\bagency_id"? = \$(\d+)/g;
  let changed = 0;
  const mutated = (text: string) =>
    /^\s*INSERT/i.test(text)
      ? text
      : text.replace(predicate, (_all, n: string) => (changed++, `($${n}::uuid IS NOT NULL)`));
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    if (typeof given[0] === 'string') given[0] = mutated(given[0]);
    return query.apply(this, given);
  } as Client['query'];
  try {
    await act();
    return changed;
  } finally {
    Client.prototype.query = query as Client['query'];
  }
}
