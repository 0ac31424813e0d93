import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, type Socket as NetSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { io, type Socket } from 'socket.io-client';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { EngineModule } from '../../engine/engine.module.js';
import { LiveRuns } from '../../engine/runs/index.js';
import type { LogLine } from '../../engine/runs/runs.schema.js';
import { loadConfig } from '../../platform/config/index.js';
import { asTenantId, type TenantId, Transaction } from '../../platform/database/index.js';
import { createAdapter } from '../../platform/http/adapter.js';
import { Drain } from '../../platform/http/index.js';
import { setupApp } from '../../platform/http/setup-app.js';
import { createLog, NestLog } from '../../platform/logging/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { AuditModule } from '../audit/index.js';
import { ApiKeysService, IdentityModule } from '../identity/index.js';
import { AgenciesService, TenancyModule } from '../tenancy/index.js';
import { RealtimeGateway } from './realtime.gateway.js';
import { RealtimeModule } from './realtime.module.js';

jest.setTimeout(60_000);
const ORIGIN = 'http://localhost:3000';
const keys = `test:${randomBytes(32).toString('base64')}`;

describe('watching a job', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let url: string;
  let port = 0;
  let tenant: TenantId;
  let key: { id: string; key: string };
  const sockets: Socket[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    await boot();
    tenant = (await app.get(AgenciesService).createAgency('Acme')).id;
    key = await aKey(tenant);
  });
  afterAll(async () => {
    await shutDown();
    await database.drop();
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));

  it('shows exactly the stored log after 200 cuts and two restarts of the server', async () => {
    const run = await aRun(tenant);
    const seen: number[] = [];
    const socket = connect(key.key);
    socket.on('connect', () => socket.emit('run:watch', { runId: run, after: seen.at(-1) ?? 0 }));
    socket.on('run:lines', ({ lines }: { lines: LogLine[] }) => seen.push(...lines.map((line) => line.seq)));
    for (let cuts = 0; cuts < 200; cuts++) {
      await write(tenant, run, 1 + Math.floor(Math.random() * 20), cuts % 3 > 0);
      await until(() => socket.connected, 10_000);
      await pause(Math.random() * 15);
      socket.io.engine?.close();
      if (cuts === 60 || cuts === 130) {
        await shutDown();
        await boot();
      }
    }
    const total = await count(tenant, run);
    await until(() => seen.length >= total, 15_000);
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  });

  it('gives the same lines as server-sent events, and goes on after Last-Event-ID', async () => {
    const run = await aRun(tenant);
    await write(tenant, run, 1_500);
    const first = await readEvents(run, {}, 1_500);
    expect(first).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
    const rest = readEvents(run, { 'last-event-id': '1500' }, 10);
    await write(tenant, run, 10);
    await expect(rest).resolves.toEqual(Array.from({ length: 10 }, (_, index) => 1_501 + index));
  });

  it("answers another agency's job exactly like one that does not exist, and sends nothing of it", async () => {
    const run = await aRun(tenant);
    const other = (await app.get(AgenciesService).createAgency('Other')).id;
    const socket = connect((await aKey(other)).key);
    await until(() => socket.connected);
    const heard = jest.fn();
    socket.onAny(heard);
    const theirs = await ask(socket, 'run:watch', { runId: run });
    const nobodys = await ask(socket, 'run:watch', { runId: randomUUID() });
    await ask(socket, 'jobs:watch', {});
    const strip = ({ traceId, ...rest }: Record<string, unknown>) => rest;
    expect(strip(theirs)).toMatchObject({ ok: false, status: 404 });
    expect(strip(theirs)).toEqual(strip(nobodys));
    const stream = await fetch(`${url}/api/jobs/${run}/events`, {
      headers: { authorization: `Bearer ${(await aKey(other)).key}` },
    });
    expect(stream.status).toBe(404);
    await write(tenant, run, 10);
    await pause(1_500);
    expect(heard).not.toHaveBeenCalled();
  });

  it.each([
    ['a room name', 'run:watch', 'run:*'],
    ['a number', 'run:watch', { runId: 7 }],
    ['an array', 'run:watch', [{ runId: 'x' }]],
    ['a prototype', 'run:watch', JSON.parse('{"__proto__":{"runId":"x"}}')],
    ['nothing', 'run:watch', null],
    ['an unknown field', 'jobs:watch', { everything: true }],
  ])('refuses %s with a problem', async (_what, event, body) => {
    const socket = connect(key.key);
    await until(() => socket.connected);
    await expect(ask(socket, event, body)).resolves.toMatchObject({ ok: false, status: 400, code: 'invalid-request' });
  });

  it.each(['websocket', 'polling'] as const)(
    'refuses a foreign origin and no credentials over %s',
    async (transport) => {
      const tries = [
        { Origin: 'https://evil.example', authorization: `Bearer ${key.key}` },
        { Origin: 'null', authorization: `Bearer ${key.key}` },
        { Origin: ORIGIN, authorization: 'Bearer sw_000000000000_nothing' },
        { Origin: ORIGIN },
      ];
      for (const extraHeaders of tries as Record<string, string>[])
        await expect(outcomeOf(extraHeaders, transport)).resolves.toBe('refused');
      await expect(outcomeOf({ Origin: ORIGIN, authorization: `Bearer ${key.key}` }, transport)).resolves.toBe(
        'connected',
      );
    },
  );

  it('cuts socket and stream within five seconds after the key was revoked', async () => {
    const run = await aRun(tenant);
    const doomed = await aKey(tenant);
    const socket = connect(doomed.key);
    await until(() => socket.connected);
    const stream = await fetch(`${url}/api/jobs/${run}/events`, { headers: { authorization: `Bearer ${doomed.key}` } });
    await pause(500);
    expect(socket.connected).toBe(true);
    await app.get(ApiKeysService).revokeApiKey({ tenant, actor: 'system' }, doomed.id);
    const begun = Date.now();
    await Promise.all([until(() => !socket.connected, 6_000), stream.text()]);
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('tells a list what changed, whoever changed it', async () => {
    const run = await aRun(tenant);
    const socket = connect(key.key);
    const heard: string[] = [];
    socket.on('jobs:changed', ({ jobs }: { jobs: { id: string; title: string }[] }) =>
      heard.push(...jobs.map((job) => `${job.id} ${job.title}`)),
    );
    await until(() => socket.connected);
    await ask(socket, 'jobs:watch', {});
    app.get(LiveRuns).announce({ tenant, runId: run, lastSeq: 0, changed: true });
    await until(() => heard.length === 1);
    await pause(1_100);
    await sql(tenant, `UPDATE runs SET title = 'Moved elsewhere', updated_at = now() WHERE id = $1`, [run]);
    await until(() => heard.includes(`${run} Moved elsewhere`), 4_000);
  });

  it('cuts a reader that does not read, on both doors, while another gets everything', async () => {
    const run = await aRun(tenant);
    const [stalled, reading] = [connect(key.key, { reconnection: false }), connect(key.key)];
    await until(() => stalled.connected && reading.connected);
    const seen: number[] = [];
    reading.on('run:lines', ({ lines }: { lines: LogLine[] }) => seen.push(...lines.map((line) => line.seq)));
    await Promise.all([ask(stalled, 'run:watch', { runId: run }), ask(reading, 'run:watch', { runId: run })]);
    const cut = new Set<'socket' | 'stream'>();
    const server = app.get(RealtimeGateway, { strict: false }).server;
    server.sockets.sockets.get(stalled.id!)!.once('disconnect', () => cut.add('socket'));
    (stalled.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }).ws._socket.pause();
    app.getHttpServer().once('connection', (socket: NetSocket) => socket.once('close', () => cut.add('stream')));
    const stream = await openUnread(`/api/jobs/${run}/events`);
    const before = process.memoryUsage.rss();
    let written = 0;
    // A kernel may hold tens of megabytes for a reader that does not read: keep them coming until both were cut.
    for (const end = Date.now() + 40_000; cut.size < 2 && Date.now() < end; written += 500) {
      await write(tenant, run, 500, true, 'x'.repeat(2_000));
      if (written >= 15_000) await pause(1_000);
    }
    expect([...cut].sort()).toEqual(['socket', 'stream']);
    await until(() => seen.length === written, 10_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
    await expect(text(stream)).rejects.toThrow();
    expect(seen.at(-1)).toBe(written);
  });

  it('slows a flood of events down and then cuts it', async () => {
    const socket = connect(key.key, { reconnection: false });
    await until(() => socket.connected);
    const answers: Record<string, unknown>[] = [];
    // On a busy machine one burst is spread so far that it is no flood any more: keep it coming.
    for (let burst = 0; socket.connected && burst < 30; burst++) {
      for (let index = 0; index < 1_000; index++)
        socket.emit('run:unwatch', { runId: randomUUID() }, (answer: Record<string, unknown>) => answers.push(answer));
      await pause(50);
    }
    await until(() => !socket.connected, 20_000);
    expect(answers).toContainEqual(expect.objectContaining({ code: 'too-many-requests' }));
  });

  async function boot(): Promise<void> {
    const config = loadConfig({ DATABASE_URL: database.appUrl, VAULT_KEYS: keys, DRAIN_MS: '500' });
    const log = createLog('error', { write: () => undefined });
    const modules = [EngineModule.forRoot(), TenancyModule, IdentityModule, AuditModule, RealtimeModule];
    const compiled = await Test.createTestingModule({
      imports: [PlatformModule.forRoot(config, undefined, log), ...modules],
    }).compile();
    app = compiled.createNestApplication<NestFastifyApplication>(createAdapter(), {
      rawBody: true,
      logger: new NestLog(log),
    });
    await setupApp(app);
    await app.listen(port, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  }

  async function shutDown(): Promise<void> {
    app.get(Drain).beforeApplicationShutdown();
    await app.close();
  }

  function connect(bearer: string, options: object = {}): Socket {
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 5,
      reconnectionDelayMax: 20,
      extraHeaders: { authorization: `Bearer ${bearer}` },
      ...options,
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect' && socket.io.reconnection()) socket.connect();
    });
    sockets.push(socket);
    return socket;
  }

  async function outcomeOf(extraHeaders: Record<string, string>, transport: 'websocket' | 'polling'): Promise<string> {
    const socket = io(url, { transports: [transport], forceNew: true, reconnection: false, extraHeaders });
    sockets.push(socket);
    return new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', () => resolve('refused'));
    });
  }

  const ask = (socket: Socket, event: string, body: unknown) =>
    socket.timeout(5_000).emitWithAck(event, body) as Promise<Record<string, unknown>>;

  /** On a connection of its own, with nothing read yet. */
  async function openUnread(path: string): Promise<IncomingMessage> {
    const request = get(`${url}${path}`, { agent: false, headers: { authorization: `Bearer ${key.key}` } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return answer;
  }

  async function readEvents(run: string, headers: Record<string, string>, wanted: number): Promise<number[]> {
    const answer = await fetch(`${url}/api/jobs/${run}/events`, {
      headers: { authorization: `Bearer ${key.key}`, ...headers },
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const seen: number[] = [];
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) if (part.startsWith('id: ')) seen.push(Number(/^id: (\d+)/.exec(part)![1]));
      if (seen.length >= wanted) break;
    }
    return seen;
  }

  const aKey = (owner: TenantId) =>
    app.get(ApiKeysService).createApiKey({ tenant: owner, actor: 'system' }, { name: 'test', role: 'viewer' });

  async function aRun(owner: TenantId): Promise<string> {
    const id = randomUUID();
    await sql(
      owner,
      `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, run_at, lane, input, created_by)
       VALUES ($1, $2::uuid, 'none', 1, 'A job', $2::text, '', 'ready', 'infinity', 'none', '{}', 'system')`,
      [owner, id],
    );
    return id;
  }

  /** As the engine does it: numbers without gaps under the lock of the run; sometimes another process writes. */
  async function write(owner: TenantId, run: string, lines: number, told = true, message = 'A line'): Promise<void> {
    await sql(
      owner,
      `WITH moved AS (UPDATE runs SET event_seq = event_seq + $3, updated_at = now() WHERE agency_id = $1 AND id = $2 RETURNING event_seq)
       INSERT INTO run_events (agency_id, run_id, seq, level, message) SELECT $1, $2, n, 'info', $4 FROM moved, generate_series(event_seq - $3 + 1, event_seq) n`,
      [owner, run, lines, message],
    );
    if (told) app.get(LiveRuns).announce({ tenant: owner, runId: run, lastSeq: 0, changed: false });
  }

  async function count(owner: TenantId, run: string): Promise<number> {
    const [{ total }] = await sql<{ total: number }>(
      owner,
      'SELECT count(*)::int AS total FROM run_events WHERE run_id = $1',
      [run],
    );
    return total;
  }

  const sql = <Row>(owner: string, text: string, parameters: unknown[]) =>
    app.get(Transaction).run(asTenantId(owner), (tx) => tx.query<Row>(text, parameters));
});

async function until(holds: () => boolean, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds() && Date.now() < end) await pause(5);
  if (!holds()) throw new Error('It did not happen in time.');
}
