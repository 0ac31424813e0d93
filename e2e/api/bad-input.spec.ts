import { connect as dial } from 'node:net';
import fc from 'fast-check';
import { type Agency, anAgency, aPerson, aProgram, connect, provision } from '../support/agency.js';
import { type ApiApp, startApiApp } from '../support/api-app.js';
import { type Answer, ask } from '../support/ask.js';
import { Caller } from '../support/caller.js';
import { type HostileRequest, hostileRequests, payloads } from '../support/hostile.js';
import { type Operation, operationsOf } from '../support/operations.js';
import { sampleOf } from '../support/sample-of-schema.js';

/** The same requests in every run, so that a red one can be looked at. */
const seed = 20_260_714;
const perOperation = 65;
const atOnce = 6;
const slowMs = 5_000;

let api: ApiApp;
let agency: Agency;
let program: Caller;
let operations: Operation[];
let real: string[];
let asked = 0;

beforeAll(async () => {
  api = await startApiApp();
  operations = operationsOf(api.document);
  agency = await anAgency(api, 'Acme');
  const { snapshotId } = await connect(api, agency);
  program = (await aProgram(api, agency, 'admin')).caller;
  const { id: userId } = await aPerson(api, agency, 'viewer');
  const { id: keyId } = await aProgram(api, agency, 'viewer');
  real = [(await provision(agency, 'First client')).id, userId, keyId, snapshotId];
}, 60_000);
afterAll(() => api.close());

const components = () => api.document.components!.schemas as Record<string, Record<string, unknown>>;

/** Some doors are for people: with a key one would not get past the first step behind them. */
const forPeople = new Set(['setPassword', 'startGhlConnection', 'finishGhlConnection']);

interface Problem {
  type: string;
  status: number;
  code: string;
  detail: string;
  traceId: string;
  errors?: { pointer: string; detail: string }[];
}

function expectUnderstandable(answer: Answer): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.ms).toBeLessThan(slowMs);
  if (answer.status < 400) return;
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const { code, traceId, status, detail, errors } = answer.json<Problem>();
  expect({ code, traceId, status, detail }).toEqual({
    ...{ status: answer.status, code: expect.stringMatching(/^[a-z0-9-]+$/) as string },
    ...{ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string, detail: expect.any(String) as string },
  });
  if (code !== 'invalid-request') return;
  expect(errors!.length).toBeGreaterThan(0);
  for (const { pointer } of errors!) expect(pointer).toMatch(/^(\?.*|(\/[^/]*)*)$/s);
}

it('is answered with what is wrong, quickly, whatever it is and wherever it goes', async () => {
  for (const operation of operations) {
    const caller = forPeople.has(operation.id) ? (await aPerson(api, agency, 'admin')).caller : program;
    const requests = fc.sample(hostileRequests(operation, components(), real), { seed, numRuns: perOperation });
    for (let from = 0; from < requests.length; from += atOnce)
      await Promise.all(
        requests.slice(from, from + atOnce).map((request) => expectAnswered(caller, operation, request)),
      );
  }
  expect(asked).toBeGreaterThanOrEqual(2_000);
  expect(program.heard.filter(({ text }) => text.includes('"code":"unauthenticated"')).length).toBe(0);
}, 120_000);

async function expectAnswered(caller: Caller, { id, verb }: Operation, request: HostileRequest): Promise<void> {
  asked++;
  try {
    expectUnderstandable(await caller.ask(verb, request.path, request.body, request.headers));
  } catch (cause) {
    const { path, body, headers } = request;
    throw new Error(`${id}: ${verb} ${path.slice(0, 500)} ${JSON.stringify(headers)} ${String(body).slice(0, 500)}`, {
      cause,
    });
  }
}

it('leaves errors nowhere in the log', () => {
  const errors = api.lines.filter((line) => line.includes('"level":"error"') || /"level":"fatal"/.test(line));
  expect(errors).toEqual([]);
});

it('is refused when a body has a property that the document does not name', async () => {
  for (const { id, verb, path, body } of operations) {
    if (!body || id === 'receiveGhlWebhook') continue; // HighLevel may add to its events whatever it likes
    const sample = sampleOf(body, components()) as Record<string, unknown>;
    const answer = await program.ask(verb, path.replace('{id}', real[0]), { ...sample, 'not/known~here': 1 });
    expect([id, answer.status]).toEqual([id, 400]);
    const pointers = answer.json<Problem>().errors!.map(({ pointer }) => pointer);
    expect(pointers).toContain('/not~1known~0here');
  }
});

it('never reaches SQL as more than a value: no payload is slow in any parameter', async () => {
  const sleepers = payloads.filter((payload) => payload.includes('pg_sleep'));
  for (const { verb, path, parameters, body } of operations) {
    for (const payload of sleepers) {
      const query = new URLSearchParams(
        Object.fromEntries(parameters.filter((each) => each.in === 'query').map(({ name }) => [name, payload])),
      );
      const address = `${path.replace('{id}', encodeURIComponent(payload))}?${query.toString()}`;
      const fields = body ? Object.keys(sampleOf(body, components()) as object) : [];
      const sent = body && Object.fromEntries(fields.map((name) => [name, payload]));
      const answer = await program.ask(verb, address, sent, {
        'idempotency-key': payload,
        cookie: `session=${payload}`,
      });
      expectUnderstandable(answer);
      expect(answer.ms).toBeLessThan(2_000);
    }
  }
}, 30_000);

it('pollutes no prototype', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype'])
    await program.ask(
      'POST',
      '/api/api-keys',
      `{"name":"x","role":"viewer","${key}":{"polluted":"yes","prototype":{"polluted":"yes"}}}`,
    );
  await program.get('/api/jobs?__proto__[polluted]=yes&constructor[prototype][polluted]=yes');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe('a method', () => {
  it.each(['TRACE', 'OPTIONS', 'PROPFIND', 'QUERY', 'PURGE', 'SEARCH', 'LOCK'])('%s is refused', async (method) => {
    for (const path of ['/api/users', '/api/session', '/health/live', '/api/no-such-thing', '/']) {
      const answer = await ask(api.url, { method, path });
      expectUnderstandable(answer);
      expect([404, 405, 501, 400]).toContain(answer.status);
    }
  });

  it('that the address does not have is refused with those it has', async () => {
    const answer = await program.ask('PUT', '/api/users');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('bytes that are hardly a request', () => {
  const big = 'a'.repeat(10_000_000);
  const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
  const json = ['Host: x', 'Content-Type: application/json'];
  const requests: [what: string, bytes: string, statuses: number[]][] = [
    ['not HTTP at all', 'hello\r\n\r\n', [400]],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00', [400]],
    ['an unknown version', head('GET /api/users HTTP/9.9', 'Host: x'), [400, 505]],
    ['no host', head('GET /api/users HTTP/1.1'), [400, 401]],
    ['a header of 64 kB', head('GET /api/users HTTP/1.1', 'Host: x', `X: ${'x'.repeat(65_536)}`), [431]],
    ['an address of 64 kB', head(`GET /api/${'a'.repeat(65_536)} HTTP/1.1`, 'Host: x'), [431, 414]],
    ['3,000 headers', head('GET /health/live HTTP/1.1', 'Host: x', ...Array(3_000).fill('X: 1')), [200, 431]],
    ['a header with a NUL', head('GET /api/users HTTP/1.1', 'Host: x', 'X: a\0b'), [400]],
    ['a folded header', 'GET /api/users HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', [400, 401]],
    [
      'two lengths',
      head('POST /api/session HTTP/1.1', ...json, 'Content-Length: 2', 'Content-Length: 3') + '{}',
      [400],
    ],
    [
      'a length beside chunks',
      head('POST /api/session HTTP/1.1', ...json, 'Content-Length: 2', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
      [400],
    ],
    ['a negative length', head('POST /api/session HTTP/1.1', ...json, 'Content-Length: -1'), [400]],
    ['chunks of no size', head('POST /api/session HTTP/1.1', ...json, 'Transfer-Encoding: chunked') + 'zz\r\n', [400]],
    ['a malformed escape', head('GET /api/jobs/%zz HTTP/1.1', 'Host: x'), [400, 401]],
    ['an overlong escape', head('GET /api/jobs/%c0%ae HTTP/1.1', 'Host: x'), [400, 401, 404]],
    ['an address outside', head('GET http://elsewhere.example/api/users HTTP/1.1', 'Host: x'), [400, 401, 404]],
    ['an address that climbs', head('GET /../../etc/passwd HTTP/1.1', 'Host: x'), [400, 404]],
    ['a tunnel', head('CONNECT elsewhere.example:443 HTTP/1.1', 'Host: elsewhere.example:443'), [400, 404, 405, 0]],
    [
      'an upgrade to nothing',
      head('GET /api/users HTTP/1.1', 'Host: x', 'Connection: upgrade', 'Upgrade: x'),
      [400, 401, 0],
    ],
    ['10 MB that were announced', head('POST /api/session HTTP/1.1', ...json, 'Content-Length: 10000000') + big, [413]],
    [
      '10 MB in one chunk',
      head('POST /api/session HTTP/1.1', ...json, 'Transfer-Encoding: chunked') + `989680\r\n${big}\r\n0\r\n\r\n`,
      [413],
    ],
    [
      'an expectation nobody knows',
      head('POST /api/session HTTP/1.1', ...json, 'Expect: 200-ok', 'Content-Length: 2') + '{}',
      [400],
    ],
  ];

  it.each(requests)('%s: refused in words, and the next request is served', async (_what, bytes, statuses) => {
    const answer = await send(bytes);
    const [line] = answer.split('\r\n', 1);
    const status = answer === '' ? 0 : Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    expect([line, statuses.includes(status)]).toEqual([line, true]);
    if (status >= 400) {
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
        status,
        traceId: expect.any(String) as string,
      });
    }
    expect((await new Caller(api.url).get('/health/live')).status).toBe(200);
  });

  /** What comes back within two seconds, until the server closes. */
  function send(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(api.url);
      const socket = dial({ host: hostname, port: Number(port) }, () => socket.write(bytes, 'latin1'));
      let heard = '';
      const end = () => {
        clearTimeout(patience);
        socket.destroy();
        resolve(heard);
      };
      const patience = setTimeout(end, 2_000);
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        if (isWhole(heard)) end();
      });
      socket.once('error', end);
      socket.once('close', end);
    });
  }

  function isWhole(text: string): boolean {
    const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
    return length !== undefined && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length);
  }
});
