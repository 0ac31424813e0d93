import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Get, Param, Post, Query, ServiceUnavailableException } from '@nestjs/common';
import type { InjectOptions } from 'fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { startSmallApp, type SmallApp } from '../../../test/small-app.js';
import { AppError } from '../errors/index.js';
import { Drain, Id, IdempotencyKey, type Key, Public, Returns, Tenant } from './index.js';

const Order = z
  .strictObject({
    business: z.strictObject({ email: z.email('must be an e-mail address') }),
    tags: z.array(z.string()).optional(),
  })
  .meta({ id: 'Order' });
const Answer = z.object({ ok: z.boolean() }).meta({ id: 'OrderAnswer' });

@Controller('orders')
@Public('a test')
class OrdersController {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  @Returns(201, Answer)
  createOrder(@Body({ schema: Order }) body: object, @IdempotencyKey() key: Key) {
    return { ok: true, passwordHash: 'canary', body, key };
  }

  @Get()
  @Returns(200, Answer)
  listOrders(@Query({ schema: z.strictObject({ limit: z.coerce.number().max(100).optional() }) }) query: object) {
    return { ok: true, query };
  }

  @Get('fails/:how')
  @Returns(200, Answer)
  async fail(@Param('how') how: string) {
    if (how === 'sql') return this.dataSource.query('SELECT canary FROM nowhere');
    if (how === 'nul') return this.dataSource.query('SELECT $1::text', ['\u0000']);
    if (how === 'later')
      throw new AppError('rate-limited', 'slow-down', 'Wait.', { retryAfterMs: 1_500, evidence: { left: 0 } });
    throw new Error('canary in /etc/passwd');
  }

  @Get('of/tenant')
  @Returns(200, Answer)
  ofTenant(@Tenant() tenant: string) {
    return { ok: true, tenant };
  }

  @Get(':id')
  @Returns(200, Answer)
  getOrder(@Param('id', { schema: Id }) id: string) {
    return { ok: true, id };
  }
}

@Controller('health')
@Public('a test')
class HealthController {
  @Get('live')
  @Returns(200, Answer)
  isLive() {
    return { ok: true };
  }

  @Get('ready')
  @Returns(200, Answer)
  isReady() {
    throw new ServiceUnavailableException({
      status: 'error',
      details: { database: { status: 'down', message: 'canary' }, queue: { status: 'up' } },
    });
  }
}

let small: SmallApp;
let consoleRoot: string;

beforeAll(async () => {
  consoleRoot = mkdtempSync(join(tmpdir(), 'switchyard-console-'));
  writeFileSync(
    join(consoleRoot, 'index.html'),
    '<html><head><base href="/"><link href="styles.css"><link href="data:,"><style>x{}</style></head><body><app-root></app-root></body></html>',
  );
  writeFileSync(join(consoleRoot, 'main-ABCDEFGH.js'), 'export {}');
  writeFileSync(join(consoleRoot, 'favicon.ico'), 'x');
  small = await startSmallApp({
    controllers: [OrdersController, HealthController],
    consoleRoot,
    env: { PUBLIC_URL: 'https://yard.example' },
  });
});
afterAll(async () => {
  await small?.close();
  rmSync(consoleRoot, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => small.inject({ method: 'GET', url, headers });
const post = (payload: InjectOptions['payload'], headers: Record<string, string> = {}) =>
  small.inject({
    method: 'POST',
    url: '/api/orders',
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
const order = { business: { email: 'a@example.com' } };

describe('a problem', () => {
  it.each([
    ['an unknown field and a bad one', { business: { email: 'x', role: 1 } }, ['/business/email', '/business/role']],
    ['an item of a list', { ...order, tags: ['a', 1] }, ['/tags/1']],
    ['another tenant', { ...order, agencyId: 'b' }, ['/agencyId']],
    ['a list for an object', [], ['']],
  ])('points at %s', async (_what, body, pointers) => {
    const answer = await post(body);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(answer.json()).toMatchObject({
      type: 'urn:switchyard:problem:invalid-request',
      code: 'invalid-request',
      status: 400,
    });
    expect(
      answer
        .json()
        .errors.map((fault: { pointer: string }) => fault.pointer)
        .sort(),
    ).toEqual(pointers);
  });

  it('points at query parameters', async () => {
    expect((await get('/api/orders?limit=1000')).json().errors[0].pointer).toBe('?limit');
    expect((await get('/api/orders?limit=1&limit=2')).statusCode).toBe(400);
    expect((await get('/api/orders?a[__proto__][x]=1')).json().errors[0].pointer).toBe('?a[__proto__][x]');
  });

  it.each([
    ['text that is not JSON', '{"a":', 400, 'json-malformed'],
    ['nothing', '', 400, 'json-empty'],
    ['a prototype', '{"__proto__":{"x":1}}', 400, 'json-malformed'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'json-too-deep'],
    ['more than 1 MB', JSON.stringify({ a: 'x'.repeat(1024 * 1024) }), 413, 'body-too-large'],
  ])('answers %s', async (_what, payload, status, code) => {
    const answer = await post(payload);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'answers a body of type %s',
    async (type) => {
      const answer = await post('a=1', { 'content-type': type });
      expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported-type']);
    },
  );

  it.each([
    ['/api/nothing?secret=canary', 404, 'no-such-route'],
    ['/api/orders/not-an-id', 404, 'not-found'],
    [`/api/orders/${'a'.repeat(300)}`, 404, 'no-such-route'],
    ['/api/orders/%zz', 400, 'url-malformed'],
    ['/api/orders/fails/sql', 500, 'internal'],
    ['/api/orders/fails/bug', 500, 'internal'],
    ['/api/orders/fails/nul', 400, 'text-not-storable'],
    ['/api/orders/of/tenant', 500, 'internal'],
    ['/.env', 404, 'no-such-route'],
  ])('answers %s without telling more than it must', async (url, status, code) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json().traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.body).not.toMatch(/canary|SELECT|passwd|node_modules|\n/);
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('says how long to wait', async () => {
    const answer = await get('/api/orders/fails/later');
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ status: 429, code: 'slow-down', evidence: { left: 0 } });
  });

  it('names the part that is down, and keeps probes outside of the API', async () => {
    expect((await get('/health/live')).json()).toEqual({ ok: true });
    expect((await get('/api/health/live')).statusCode).toBe(404);
    const answer = await get('/health/ready');
    expect(answer.json()).toMatchObject({
      status: 503,
      code: 'not-ready',
      evidence: { database: 'down', queue: 'up' },
    });
    expect(answer.body).not.toContain('canary');
  });

  it('is nobody’s fault when the caller hangs up', async () => {
    await small.app.listen(0, '127.0.0.1');
    const { port } = small.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /api/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      );
      setTimeout(() => socket.destroy(), 20);
    });
    await new Promise((done) => setTimeout(done, 100));
    expect(small.lines.join('')).not.toContain('database-unavailable');
  });

  it('tells a wrong method from a wrong address', async () => {
    for (const method of ['DELETE', 'PUT', 'TRACE'] as const) {
      const answer = await small.inject({ method: method as 'PUT', url: '/api/orders' });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    }
  });

  it('carries the trace of the caller and is logged with its stack', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await get('/api/orders/fails/bug', {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      'x-request-id': 'mine-1',
    });
    expect([answer.json().traceId, answer.headers['x-request-id']]).toEqual([traceId, 'mine-1']);
    const line = small.lines
      .map((text) => JSON.parse(text))
      .find((entry) => entry.traceId === traceId && entry.level === 'error');
    expect(line.err.stack).toContain('canary in');
    expect((await get('/api/orders', { 'x-request-id': 'a\tb' })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is what a request that is no HTTP gets, too', async () => {
    const { port } = small.app.getHttpServer().address() as AddressInfo;
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        let heard = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket
          .on('data', (data) => (heard += data))
          .on('close', () => resolve(heard))
          .on('error', () => resolve(heard));
      });
    expect(await say('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*content-type: application\/problem\+json/);
    expect(await say(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [^]*"status":431/,
    );
  });
});

describe('an answer', () => {
  it('holds what its schema names, and nothing else', async () => {
    const answer = await post(order);
    expect(answer.json()).toEqual({ ok: true });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    const csp = String(answer.headers['content-security-policy']);
    expect(csp).not.toContain('unsafe');
    for (const rule of [
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "script-src 'self' 'nonce-",
    ])
      expect(csp).toContain(rule);
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });

  it('is logged by its route, not by its address', async () => {
    await get('/api/orders?limit=7');
    const line = JSON.parse(small.lines.filter((text) => text.includes('A request was answered')).at(-1)!);
    expect(line).toMatchObject({
      method: 'GET',
      route: '/api/orders',
      status: 200,
      ms: expect.any(Number),
      requestId: expect.any(String),
    });
  });

  it('refuses a malformed idempotency key', async () => {
    for (const key of ['', ' ', 'x'.repeat(201), 'grün'])
      expect((await post(order, { 'idempotency-key': key })).json().code).toBe('idempotency-key-malformed');
    expect((await post(order, { 'idempotency-key': 'a b:c' })).statusCode).toBe(201);
  });
});

describe('a page of another site', () => {
  it.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://evil.yard.example' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://yard.example' }, 201],
    [{ origin: 'https://yard.example' }, 201],
    [{}, 201],
  ])('that sends %j gets %i', async (headers, status) => {
    const answer = await post(order, headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['content-security-policy']).toBeDefined();
  });
});

describe('the console', () => {
  it('is a page with a fresh nonce wherever there is no file and no API', async () => {
    const [one, two] = [await get('/'), await get('/jobs/some-id?x=1')];
    const nonce = /ngCspNonce="([^"]+)"/.exec(one.body)![1];
    expect(one.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(one.body).toContain(`<style nonce="${nonce}">`);
    expect(two.body).toContain('<head><link href="/styles.css"><link href="data:,">');
    expect(two.body).not.toContain(nonce);
    expect(two.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
  });

  it('keeps hashed files for a year, and no others', async () => {
    expect((await get('/main-ABCDEFGH.js')).headers['cache-control']).toContain('immutable');
    expect((await get('/favicon.ico')).headers['cache-control']).toBe('no-cache');
    expect((await get('/index.html')).statusCode).toBe(404);
    for (const url of ['/missing-ABCDEFGH.js', '/api/x', '/socket.io/x', '/..%2f..%2fetc/passwd'])
      expect((await get(url)).headers['content-type']).toContain('problem');
  });
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1 with names, shapes and problems', async () => {
    const { openapi, paths, components } = (await get('/api/openapi.json')).json();
    expect(openapi).toBe('3.1.0');
    const { post: create } = paths['/api/orders'];
    expect(create.operationId).toBe('createOrder');
    expect(create.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Order' });
    expect(create.responses['201'].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/OrderAnswer',
    });
    expect(create.responses.default.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
    expect(create.parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: false }),
    );
    expect(components.securitySchemes).toMatchObject({ session: { in: 'cookie' }, 'api-key': { scheme: 'bearer' } });
    expect(components.schemas.Order.additionalProperties).toBe(false);
  });

  it('has a page to read it, whose scripts are files of this server', async () => {
    const page = await get('/api/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/<script>(?!<)/);
    expect((await get('/api/docs/swagger-ui-init.js')).statusCode).toBe(200);
  });
});

it('refuses new requests while it shuts down', async () => {
  small.app.get(Drain).begin();
  const answer = await get('/api/orders');
  expect([answer.statusCode, answer.json().code, answer.headers.connection]).toEqual([503, 'shutting-down', 'close']);
});
