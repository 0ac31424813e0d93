import { randomUUID } from 'node:crypto';
import { SignInLinksService } from '../../backend/src/modules/identity/index.js';
import { verifyExport } from '../../backend/src/modules/audit/verify-export.js';
import {
  type Agency,
  aBusiness,
  aHeldJob,
  anAgency,
  aPerson,
  aProgram,
  connect,
  giveConsent,
  provision,
  signIn,
} from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import type { Answer } from '../support/ask.js';
import { atRest } from '../support/at-rest.js';
import { lastEntry, trailOf } from '../support/audit-trail.js';
import { aBatch, aDoneBatch, aFailedBatch, aStartedBatch, clients } from '../support/batch.js';
import { Caller } from '../support/caller.js';
import { rowsOf, superuserUrl, withConnection } from '../support/database-session.js';
import { operationsOf } from '../support/operations.js';
import { until } from '../support/until.js';

let api: ApiApp;
let agency: Agency;
let actor: string;

beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  const { user } = await agency.admin.must<{ user: { id: string } }>('GET', '/api/session');
  actor = `user:${user.id}`;
  await connect(api, agency);
}, 60_000);
afterAll(() => api.close());

const asSuperuser = (...statements: string[]) =>
  withConnection(superuserUrl(api.database.name), async (client) => {
    for (const statement of statements) await client.query(statement);
  });

/** An act is prepared first, so that it can be asked for twice: once while nothing can be recorded, once for good. */
interface Story {
  action: string;
  prepare: () => Promise<() => Promise<Answer>>;
}

const asAdmin = (method: string, path: string, body?: unknown) => async () => agency.admin.ask(method, path, body);
const story = (action: string, method: string, path: string, body?: () => unknown): Story => ({
  action,
  prepare: async () => asAdmin(method, path, body?.()),
});
const connectionId = async () =>
  (await agency.admin.must<{ items: { id: string }[] }>('GET', '/api/connections')).items[0].id;

/** Every operation that changes something, or whose use is on record. One that is missing here fails the first story. */
const stories: Record<string, Story> = {
  createUser: story('users.manage', 'POST', '/api/users', () => ({
    ...{ email: `${randomUUID()}@people.example`, name: 'New', role: 'viewer', password: 'a long enough password' },
  })),
  changeUser: {
    action: 'users.manage',
    prepare: async () =>
      asAdmin('PATCH', `/api/users/${(await aPerson(api, agency, 'viewer')).id}`, { name: 'Renamed' }),
  },
  createApiKey: story('api-keys.manage', 'POST', '/api/api-keys', () => ({ name: 'robot', role: 'viewer' })),
  revokeApiKey: {
    action: 'api-keys.manage',
    prepare: async () => asAdmin('DELETE', `/api/api-keys/${(await aProgram(api, agency, 'viewer')).id}`),
  },
  changeSettings: {
    action: 'settings.manage',
    prepare: async () => {
      const { version } = await agency.admin.must<{ version: string }>('GET', '/api/settings');
      return asAdmin('PUT', '/api/settings', { version, agencyName: 'Acme, renamed' });
    },
  },
  startGhlConnection: story('connections.start', 'POST', '/api/connections/ghl'),
  finishGhlConnection: {
    action: 'connections.connect',
    prepare: async () => {
      const { consentUrl } = await agency.admin.must<{ consentUrl: string }>('POST', '/api/connections/ghl');
      const { pathname, search } = await giveConsent(consentUrl);
      return asAdmin('GET', pathname + search);
    },
  },
  checkConnection: {
    action: 'connections.check',
    prepare: async () => asAdmin('POST', `/api/connections/${await connectionId()}/check`),
  },
  refreshSnapshots: story('snapshots.refresh', 'POST', '/api/snapshots/refresh'),
  annotateSnapshot: {
    action: 'snapshots.annotate',
    prepare: async () => {
      const { items } = await agency.admin.must<{ items: { id: string }[] }>('GET', '/api/snapshots');
      const words = { vertical: 'dental', language: 'en', description: 'x', contents: [], customValues: [] };
      return asAdmin('PUT', `/api/snapshots/${items[0].id}/annotation`, words);
    },
  },
  forgetSnapshotFeedback: {
    action: 'snapshots.forget-feedback',
    prepare: async () => {
      const { items } = await agency.admin.must<{ items: { id: string }[] }>('GET', '/api/snapshots');
      await provision(agency, `Chosen ${randomUUID()}`, { id: items[0].id });
      const chosen = await agency.admin.must<{ items: { id: string }[] }>('GET', '/api/snapshots/feedback?limit=1');
      return asAdmin('DELETE', `/api/snapshots/feedback/${chosen.items[0].id}`);
    },
  },
  planProvisioning: story('provisioning.plan', 'POST', '/api/provision/plan', () => aBusiness(`Plan ${randomUUID()}`)),
  startProvisioning: story('provisioning.start', 'POST', '/api/provision', () => aBusiness(`Start ${randomUUID()}`)),
  retryJobs: story('jobs.retry-many', 'POST', '/api/jobs/retry', () => ({ code: 'none-of-these' })),
  retryJob: {
    action: 'jobs.retry',
    prepare: async () => asAdmin('POST', `/api/jobs/${(await aHeldJob(api, agency, `Held ${randomUUID()}`)).id}/retry`),
  },
  cancelJob: {
    action: 'jobs.cancel',
    prepare: async () =>
      asAdmin('POST', `/api/jobs/${(await aHeldJob(api, agency, `Held ${randomUUID()}`)).id}/cancel`),
  },
  undoJob: {
    action: 'jobs.undo',
    prepare: async () => {
      const { id, title } = await provision(agency, `Undone ${randomUUID()}`);
      return asAdmin('POST', `/api/jobs/${id}/undo`, { confirm: title });
    },
  },
  pauseQueue: story('queues.control', 'POST', '/api/queues/bulk/pause'),
  drainQueue: story('queues.control', 'POST', '/api/queues/bulk/drain'),
  resumeQueue: story('queues.control', 'POST', '/api/queues/bulk/resume'),
  createBatch: story('batches.create', 'POST', '/api/batches', () => ({ rows: clients(1) })),
  changeBatch: {
    action: 'batches.change',
    prepare: async () =>
      asAdmin('PATCH', `/api/batches/${(await aBatch(agency, clients(1))).id}`, { title: 'Renamed' }),
  },
  changeBatchRows: {
    action: 'batches.change-rows',
    prepare: async () =>
      asAdmin('PATCH', `/api/batches/${(await aBatch(agency, clients(1))).id}/rows`, { rows: [1], excluded: true }),
  },
  startBatch: {
    action: 'batches.start',
    prepare: async () => {
      const { id, plan } = await aBatch(agency, clients(1));
      return asAdmin('POST', `/api/batches/${id}/start`, { planHash: plan!.planHash });
    },
  },
  pauseBatch: {
    action: 'batches.pause',
    prepare: async () => asAdmin('POST', `/api/batches/${(await aWaitingBatch()).id}/pause`),
  },
  resumeBatch: {
    action: 'batches.resume',
    prepare: async () => {
      const { id } = await aWaitingBatch();
      await agency.admin.must('POST', `/api/batches/${id}/pause`);
      return asAdmin('POST', `/api/batches/${id}/resume`);
    },
  },
  cancelBatch: {
    action: 'batches.cancel',
    prepare: async () => asAdmin('POST', `/api/batches/${(await aWaitingBatch()).id}/cancel`),
  },
  retryBatch: {
    action: 'batches.retry',
    prepare: async () => asAdmin('POST', `/api/batches/${(await aFailedBatch(api, agency)).id}/retry`, {}),
  },
  undoBatch: {
    action: 'batches.undo',
    prepare: async () => {
      const { id, title } = await aDoneBatch(agency);
      return asAdmin('POST', `/api/batches/${id}/undo`, { confirm: title });
    },
  },
  verifyAudit: story('audit.verify', 'GET', '/api/audit/verify'),
  exportAudit: story('audit.export', 'GET', '/api/audit/export'),
  signIn: {
    action: 'session.start',
    prepare: async () => () =>
      new Caller(api.url).post('/api/session', { email: agency.email, password: agency.password }),
  },
  signInByLink: {
    action: 'session.start',
    prepare: async () => {
      const { token } = await api.app.get(SignInLinksService).createSignInLink(agency.tenant, actor.slice(5));
      return () => new Caller(api.url).post('/api/session/link', { token: token.reveal() });
    },
  },
  setPassword: {
    action: 'session.password',
    prepare: async () => {
      const { caller, password } = await aPerson(api, agency, 'viewer');
      return () => caller.ask('PUT', '/api/session/password', { current: password, password });
    },
  },
  disconnect: {
    action: 'connections.disconnect',
    prepare: async () => asAdmin('DELETE', `/api/connections/${await connectionId()}`),
  },
  signOut: {
    action: 'session.end',
    prepare: async () => {
      const admin = await signIn(api, agency.email, agency.password);
      return () => admin.ask('DELETE', '/api/session');
    },
  },
};

/** The queue of batches stands still, so that what is asked finds the batch as it was. */
async function aWaitingBatch() {
  await agency.admin.must('POST', '/api/queues/bulk/pause');
  return aStartedBatch(agency);
}

/** They use POST because they carry a body; they change nothing of the agency. */
const changesNothing = ['recommendSnapshot'];
/** What HighLevel tells us is recorded when it is worked on; it has a story of its own below. */
const byTheProvider = ['receiveGhlWebhook'];

async function whileNothingCanBeRecorded<Result>(act: () => Promise<Result>): Promise<Result> {
  await asSuperuser('REVOKE INSERT ON audit_entries FROM switchyard_app');
  try {
    return await act();
  } finally {
    await asSuperuser('GRANT INSERT ON audit_entries TO switchyard_app');
  }
}

/**
 * Rows that people and programs change; what the engine does meanwhile in its own tables is not theirs. A state or a
 * link is used up by the attempt, so that nobody can try it twice.
 */
async function rowsOfPeople(): Promise<Record<string, string[]>> {
  const { outbox, inbox, run_steps, audit_heads, ghl_location_tokens, oauth_states, sign_in_links, ...rest } =
    await withConnection(superuserUrl(api.database.name), (client) => rowsOf(client, agency.tenant));
  const still = (rows: string[]) => rows.map((row) => row.replace(/"(last_seen_at|last_used_at)": "[^"]+"/, ''));
  return Object.fromEntries(Object.entries(rest).map(([table, rows]) => [table, still(rows)]));
}

it('has a story for every operation that changes something', () => {
  const changing = operationsOf(api.document).filter(({ changes }) => changes);
  const told = [...Object.keys(stories), ...changesNothing, ...byTheProvider];
  expect(changing.filter(({ id }) => !told.includes(id)).map(({ id }) => id)).toEqual([]);
});

describe.each(Object.keys(stories))('%s', (operation) => {
  it('happens with exactly one entry, or not at all', async () => {
    const { action, prepare } = stories[operation];
    const act = await prepare();
    await atRest(api);
    const [before, rows] = [await lastEntry(api, agency), await rowsOfPeople()];
    const refused = await whileNothingCanBeRecorded(act);
    const refusedKindly = refused.headers.location?.includes('problem=');
    expect([operation, refused.status >= 500 || refusedKindly]).toEqual([operation, true]);
    expect(await rowsOfPeople()).toEqual(rows);
    const answer = await (spentByRefusal.has(operation) ? await prepare() : act)();
    expect([operation, answer.status < 400]).toEqual([operation, true]);
    const entries = (await trailOf(api, agency, before)).filter((entry) => entry.action === action);
    expect(entries).toMatchObject([{ actor: expect.stringMatching(/^user:/) as string, action, outcome: 'ok' }]);
  });

  /** What HighLevel gave for one use was used before the record failed; the person begins again. */
  const spentByRefusal = new Set(['finishGhlConnection', 'signInByLink']);
});

it('records nothing for what changes nothing, for callers nobody knows, and for requests that are not understood', async () => {
  const before = await lastEntry(api, agency);
  await agency.admin.must('POST', '/api/snapshots/recommend', { name: 'A dentist' });
  for (const { verb, path } of operationsOf(api.document)) {
    await new Caller(api.url).ask(verb, path.replaceAll('{id}', randomUUID()), {});
    if (!/audit|callback|session$|refresh|connections\/ghl$/.test(path) || verb === 'PUT')
      await agency.admin.ask(verb, path.replaceAll('{id}', randomUUID()), verb === 'GET' ? undefined : { unknown: 1 });
  }
  expect(await trailOf(api, agency, before)).toEqual([]);
});

it('records that somebody failed to sign in to a known account, and not for an unknown one', async () => {
  const before = await lastEntry(api, agency);
  const visitor = new Caller(api.url);
  await visitor.post('/api/session', { email: 'nobody@people.example', password: 'wrong' });
  await visitor.post('/api/session', { email: agency.email, password: 'wrong' });
  const entries = await until(async () => {
    const found = await trailOf(api, agency, before);
    return found.length > 0 ? found : undefined;
  });
  expect(entries).toMatchObject([{ actor: 'anonymous', action: 'session.start', object: actor, outcome: 'denied' }]);
});

it('records what HighLevel tells, once however often it is sent, and nothing that it did not sign', async () => {
  const own = await anAgency(api, 'Uninstalled');
  await connect(api, own);
  const { items } = await own.admin.must<{ items: { companyId: string }[] }>('GET', '/api/connections');
  const before = await lastEntry(api, own);
  const event = { type: 'UNINSTALL', companyId: items[0].companyId, webhookId: randomUUID() };
  const forged = await new Caller(api.url).post('/api/webhooks/ghl', event, { 'x-ghl-signature': 'Zm9yZ2Vk' });
  expect(forged.status).toBe(401);
  const { companyId } = event;
  await api.sim.post('webhooks', { mode: { duplicates: 2 }, send: { type: 'UNINSTALL', fields: { companyId } } });
  await until(async () => ((await trailOf(api, own, before)).length > 0 ? true : undefined));
  await until(async () => ((await api.sim.post('webhooks')).pending === 0 ? true : undefined));
  expect(await trailOf(api, own, before)).toMatchObject([{ actor: 'provider:ghl', action: 'connections.uninstalled' }]);
});

describe('the chain', () => {
  it('holds while twenty write at once', async () => {
    const before = await lastEntry(api, agency);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        agency.admin.must('POST', '/api/api-keys', { name: `parallel ${index}`, role: 'viewer' }),
      ),
    );
    const seqs = (await trailOf(api, agency, before)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => before + 1 + index));
  });

  it('verifies over HTTP, and its export without the server', async () => {
    const verdict = await agency.admin.must<{ intact: boolean; entries: number }>('GET', '/api/audit/verify');
    expect(verdict).toMatchObject({ intact: true, firstBad: null });
    const exported = await agency.admin.get('/api/audit/export');
    const lines = exported.text.split('\n');
    expect(await verifyExport(lines)).toMatchObject({ intact: true, entries: verdict.entries + 1 });
    const edited = lines.map((line, index) =>
      index === 4 ? line.replace('"outcome":"ok"', '"outcome":"denied"') : line,
    );
    expect(await verifyExport(edited)).toMatchObject({ intact: false, firstBad: { seq: 5 } });
    expect(await verifyExport(lines.slice(0, -2))).toMatchObject({ intact: false });
  });

  const where = 'WHERE agency_id = current_agency()';
  const tamperings: [what: string, sql: string, firstBad: number][] = [
    ['a changed word', `UPDATE audit_entries SET data = '{"harmless": true}' ${where} AND seq = 3`, 3],
    ['a changed actor', `UPDATE audit_entries SET actor = 'user:somebody-else' ${where} AND seq = 2`, 2],
    ['a changed time', `UPDATE audit_entries SET at = at + interval '1 microsecond' ${where} AND seq = 4`, 4],
    ['a missing entry', `DELETE FROM audit_entries ${where} AND seq = 3`, 3],
    ['a cut end', `DELETE FROM audit_entries ${where} AND seq >= 5`, 5],
    [
      'two entries in each other’s place',
      `UPDATE audit_entries e SET action = o.action, object = o.object, data = o.data FROM audit_entries o
       WHERE e.agency_id = current_agency() AND o.agency_id = e.agency_id AND (e.seq, o.seq) IN ((2, 3), (3, 2))`,
      2,
    ],
    [
      'an entry in between',
      `INSERT INTO audit_entries SELECT agency_id, seq + 1, at, actor, action, object, outcome, data, prev, hash FROM audit_entries ${where}
         AND seq = (SELECT max(seq) FROM audit_entries ${where})`,
      6,
    ],
  ];

  it.each(tamperings)(
    'shows %s, made by the owner of the tables, and names the first bad entry',
    async (_what, sql, seq) => {
      const victim = await anAgency(api, 'Tampered with');
      for (let made = (await trailOf(api, victim)).length; made < 5; made++)
        await victim.admin.must('POST', '/api/api-keys', { name: 'one more', role: 'viewer' });
      await withConnection(api.database.ownerUrl, async (owner) => {
        await owner.query(`SELECT set_config('app.agency_id', $1, false)`, [victim.tenant]);
        await owner.query('ALTER TABLE audit_entries DISABLE TRIGGER USER');
        const { rowCount } = await owner.query(sql);
        expect(rowCount).toBeGreaterThan(0);
        await owner.query('ALTER TABLE audit_entries ENABLE TRIGGER USER');
      });
      expect(await victim.admin.must('GET', '/api/audit/verify')).toMatchObject({ intact: false, firstBad: { seq } });
      expect(await agency.admin.must('GET', '/api/audit/verify')).toMatchObject({ intact: true });
    },
  );
});
