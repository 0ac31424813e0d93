import { randomUUID } from 'node:crypto';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { SignInLinksService } from '../../backend/src/modules/identity/index.js';
import {
  type Agency,
  aBusiness,
  aHeldJob,
  anAgency,
  aPerson,
  connect,
  giveConsent,
  provision,
  signIn,
} from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import type { Answer } from '../support/ask.js';
import { aFailedBatch, type BatchView, clients, ready, settledBatch } from '../support/batch.js';
import { Caller } from '../support/caller.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { generatedDoc } from '../support/generated-docs.js';
import { fill, type Operation, operationsOf } from '../support/operations.js';

let api: ApiApp;
let agency: Agency;
let operations: Operation[];
beforeAll(async () => {
  api = await startApiApp();
  agency = await anAgency(api, 'Acme');
  operations = operationsOf(api.document);
}, 60_000);
afterAll(() => api.close());

const served = async () => agency.admin.must<Record<string, unknown>>('GET', '/api/openapi.json');

it('is what docs/openapi.json says', async () => {
  expect(generatedDoc('openapi.json')).toEqual(await served());
});

it('is OpenAPI 3.1, and everything it refers to is in it', async () => {
  const document = await served();
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Switchyard', version: expect.any(String) as string },
  });
  const text = JSON.stringify(document);
  const targets = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(targets.length).toBeGreaterThan(50);
  const schemas = (document.components as { schemas: Record<string, unknown> }).schemas;
  expect(targets.filter((target) => !schemas[target.replace('#/components/schemas/', '')])).toEqual([]);
  for (const name of Object.keys(schemas)) expect(name).toMatch(/^[\w.-]+$/);
});

it('tells of every operation its id, its parameters, its answer and its problems', () => {
  for (const operation of operations) {
    const { id, path, parameters, responses } = operation;
    expect(id).toMatch(/^[a-z][A-Za-z]+$/);
    const inPath = parameters.filter((each) => each.in === 'path').map(({ name, required }) => [name, required]);
    expect([id, inPath]).toEqual([id, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true])]);
    for (const { name, schema } of parameters) expect([id, name, typeof schema]).toEqual([id, name, 'object']);
    expect([id, responses.default.content?.['application/problem+json']?.schema]).toEqual([
      id,
      { $ref: '#/components/schemas/Problem' },
    ]);
    const good = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
    expect([id, good.length]).toEqual([id, 1]);
    const [[status, { content }]] = good;
    if (status !== '204') expect([id, Object.values(content ?? {}).every(({ schema }) => schema)]).toEqual([id, true]);
  }
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

it('names every address that the server answers to', () => {
  const fastify = api.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const documented = new Set(operations.map(({ path }) => path.replace(/\{(\w+)\}/g, ':$1')));
  const { routes } = fastify.knownRoutes as unknown as { routes: { pattern: RegExp; methods: string[] }[] };
  const undocumented = routes.filter(({ pattern }) => ![...documented].some((path) => pattern.test(path)));
  const elsewhere = undocumented.map(({ pattern }) => pattern.source.replaceAll('\\', ''));
  // The document itself, the page to read it, and the files of the console.
  expect(
    elsewhere.filter((path) => !/^\^\/(api\/(docs|openapi)|[\w-]+\.\w+\$|media\/|assets\/|favicon)/.test(path)),
  ).toEqual([]);
});

describe('a walk through the product', () => {
  interface Heard {
    operation: Operation;
    answer: Answer;
  }
  const walked: Heard[] = [];
  let validatorOf: (operation: Operation, answer: Answer) => ValidateFunction | undefined;

  beforeAll(async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    ajv.addSchema(JSON.parse(JSON.stringify(api.document)) as object, 'openapi');
    const compiled = new Map<string, ValidateFunction>();
    validatorOf = ({ path, verb, responses }, { status, headers }) => {
      const type = headers['content-type']?.split(';', 1)[0] ?? '';
      const known = status >= 400 ? 'default' : String(status);
      if (!responses[known]?.content?.[type]?.schema || !/json$/.test(type) || /ndjson/.test(type)) return undefined;
      const steps = ['paths', path, verb.toLowerCase(), 'responses', known, 'content', type, 'schema'];
      const pointer = steps
        .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const $ref = `openapi#/${pointer}`;
      compiled.set($ref, compiled.get($ref) ?? ajv.compile({ $ref }));
      return compiled.get($ref);
    };
    await walk();
  }, 60_000);

  const byId = (id: string) => operations.find((operation) => operation.id === id)!;
  async function go(id: string, values: Record<string, string> = {}, body?: unknown, who = agency.admin, query = '') {
    const operation = byId(id);
    const answer = await who.ask(operation.verb, fill(operation.path, values) + query, body);
    walked.push({ operation, answer });
    return answer;
  }

  async function walk(): Promise<void> {
    const nobody = new Caller(api.url);
    await go('signIn', {}, { email: agency.email, password: agency.password }, nobody);
    const { user } = (await go('getSession')).json<{ user: { id: string } }>();
    const { token } = await api.app.get(SignInLinksService).createSignInLink(agency.tenant, user.id);
    await go('signInByLink', {}, { token: token.reveal() }, nobody);
    const { consentUrl } = (await go('startGhlConnection')).json<{ consentUrl: string }>();
    await go('finishGhlConnection', {}, undefined, agency.admin, (await giveConsent(consentUrl)).search);
    const { snapshotId, connectionId } = await connect(api, agency);
    for (const id of ['listConnections', 'refreshSnapshots', 'listSnapshots']) await go(id);
    await go('checkConnection', { id: connectionId });
    const words = {
      vertical: 'dental',
      language: 'en',
      description: 'x',
      contents: ['y'],
      customValues: ['Booking Link'],
    };
    await go('annotateSnapshot', { id: snapshotId }, words);
    await go('recommendSnapshot', {}, { name: 'A dentist', industry: 'dental' });
    await go('recommendSnapshot', {}, { intakes: [{ name: 'A dentist' }, { name: 'A mine', services: ['zinc'] }] });
    await provision(agency, 'Chosen', { id: snapshotId });
    const { items: chosen } = (await go('listSnapshotFeedback')).json<{ items: { id: string }[] }>();
    await go('listSnapshotLoads', { id: snapshotId });
    await go('getSnapshotQuality');
    await go('forgetSnapshotFeedback', { id: chosen[0].id });
    await go('planProvisioning', {}, { ...aBusiness('Planned'), snapshot: { id: snapshotId } });
    await go('startProvisioning', {}, aBusiness('Begun'));
    const job = await provision(agency, 'Undone');
    for (const id of ['getJob', 'getJobLog', 'downloadJobLog', 'followJob']) await go(id, { id: job.id });
    await go('undoJob', { id: job.id }, { confirm: job.title });
    await api.sim.fault({
      match: { method: 'POST', path: '^/locations/$' },
      kind: 'status',
      status: 422,
      body: { message: ['no phone'] },
    });
    const failed = await provision(agency, 'Failed');
    await go('getJob', { id: failed.id });
    await go('listJobCauses');
    await go('retryJob', { id: failed.id });
    await go('retryJobs', {}, { code: 'none-has-stopped-for-it' });
    await go('cancelJob', { id: (await aHeldJob(api, agency, 'Held')).id });
    await go('listJobs', {}, undefined, agency.admin, '?limit=2');
    const newcomer = {
      email: `${randomUUID()}@people.example`,
      name: 'New',
      role: 'viewer',
      password: 'a long enough password',
    };
    const person = (await go('createUser', {}, newcomer)).json<{ id: string }>();
    await go('changeUser', { id: person.id }, { name: 'Renamed' });
    await go('listUsers');
    const key = (await go('createApiKey', {}, { name: 'robot', role: 'viewer', expiresInDays: 3 })).json<{
      id: string;
    }>();
    await go('listApiKeys');
    await go('revokeApiKey', { id: key.id });
    const { version } = (await go('getSettings')).json<{ version: string }>();
    await go('changeSettings', {}, { version, timezone: 'Europe/Berlin' });
    for (const id of [
      'getDashboard',
      'getWorkers',
      'listAuditEntries',
      'verifyAudit',
      'exportAudit',
      'getLiveness',
      'getReadiness',
      'getStartup',
    ])
      await go(id);
    const own = await aPerson(api, agency, 'viewer');
    await go('setPassword', {}, { current: own.password, password: own.password }, own.caller);
    for (const id of ['pauseQueue', 'drainQueue', 'resumeQueue']) await go(id, { queue: 'bulk' });
    await go('receiveGhlWebhook', {}, { type: 'INSTALL' }, nobody);
    await walkBatches();
    await go('disconnect', { id: connectionId });
    await go('signOut', {}, undefined, await signIn(api, agency.email, agency.password));
    for (const { id, path } of operations)
      await go(id, path.includes('{') ? { id: randomUUID() } : {}, { unknown: 1 }, nobody);
  }

  async function walkBatches(): Promise<void> {
    const { id } = (
      await go('createBatch', {}, { rows: clients(2, { Phone: '(512) 555-0100', Country: 'US' }) })
    ).json<{
      id: string;
    }>();
    await ready(agency, id);
    await go('changeBatch', { id }, { title: 'Renamed', defaults: { corrections: 'apply' } });
    await ready(agency, id);
    await go('recommendForBatchRow', { id, n: '2' });
    const { plan } = (await go('changeBatchRows', { id }, { rows: [1], excluded: true })).json<BatchView>();
    await agency.admin.must('POST', '/api/queues/bulk/pause');
    await go('startBatch', { id }, { planHash: plan!.planHash });
    for (const each of ['pauseBatch', 'resumeBatch', 'cancelBatch']) await go(each, { id });
    const failed = await aFailedBatch(api, agency);
    for (const each of ['getBatch', 'listBatchRows', 'downloadBatchRows', 'downloadBatchResult', 'getBatchResult'])
      await go(each, { id: failed.id });
    await go('listBatches');
    await go('retryBatch', { id: failed.id }, {});
    const done = await settledBatch(agency, failed.id);
    await go('undoBatch', { id: done.id }, { confirm: done.title });
  }

  it('visits every operation', () => {
    const visited = new Set(walked.filter(({ answer }) => answer.status < 400).map(({ operation }) => operation.id));
    // HighLevel alone can sign what its webhook brings.
    const unvisited = operations.map(({ id }) => id).filter((id) => !visited.has(id));
    expect(unvisited).toEqual(['receiveGhlWebhook']);
  });

  it('hears only what the document says', () => {
    const unexpected = walked.flatMap(({ operation, answer }) => {
      const validate = validatorOf(operation, answer);
      if (!validate)
        return isDocumentedWithoutSchema(operation, answer)
          ? []
          : [`${operation.id}: ${answer.status} is not documented`];
      return validate(answer.json()) ? [] : [`${operation.id} ${answer.status}: ${JSON.stringify(validate.errors)}`];
    });
    expect(unexpected).toEqual([]);
  });

  it('hears no property that the document does not name', () => {
    const unexpected = walked.flatMap(({ operation, answer }) => {
      const schema = validatorOf(operation, answer) && schemaOf(operation, answer);
      return schema ? unnamed(answer.json(), schema).map((at) => `${operation.id}: ${at}`) : [];
    });
    expect([...new Set(unexpected)]).toEqual([]);
  });

  const isDocumentedWithoutSchema = ({ responses }: Operation, { status, headers }: Answer) => {
    const { content } = responses[String(status)] ?? {};
    const type = headers['content-type']?.split(';', 1)[0];
    return (
      responses[String(status)] !== undefined && (type === undefined || content?.[type] !== undefined || status === 302)
    );
  };

  type Schema = Record<string, unknown>;
  const schemaOf = ({ responses }: Operation, { status, headers }: Answer) =>
    responses[status >= 400 ? 'default' : String(status)].content![headers['content-type']!.split(';', 1)[0]].schema!;

  function unnamed(value: unknown, schema: Schema, at = ''): string[] {
    const { $ref, anyOf, allOf, properties, additionalProperties, items } = schema;
    if (typeof $ref === 'string')
      return unnamed(value, api.document.components!.schemas![$ref.split('/').at(-1)!] as Schema, at);
    const choices = (anyOf ?? allOf) as Schema[] | undefined;
    if (choices) return choices.map((choice) => unnamed(value, choice, at)).sort((a, b) => a.length - b.length)[0];
    if (Array.isArray(value)) return items ? value.flatMap((each) => unnamed(each, items as Schema, `${at}/*`)) : [];
    if (typeof value !== 'object' || value === null || !properties) return [];
    const known = properties as Record<string, Schema>;
    return Object.entries(value).flatMap(([name, each]) => {
      if (known[name]) return unnamed(each, known[name], `${at}/${name}`);
      return typeof additionalProperties === 'object' ? [] : [`${at}/${name}`];
    });
  }
});

describeInBrowser('the page to read it', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 30_000);
  afterAll(() => browser?.close());

  it('loads without an error, without breaking its policy, and asks nobody else', async () => {
    const page = await browser.newPage();
    const faults: string[] = [];
    const elsewhere: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(api.url)) elsewhere.push(request.url());
    });
    await page.goto(`${api.url}/api/docs`, { waitUntil: 'networkidle' });
    await page.getByText('/api/provision/plan').first().waitFor();
    expect([faults, elsewhere]).toEqual([[], []]);
  }, 30_000);
});
