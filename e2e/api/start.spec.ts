import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import type { Caller } from '../support/caller.js';
import { processesOf } from '../support/processes-of.js';
import { newDataDir, StartedProduct, runMain } from '../support/started-product.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

describe('starting the product', () => {
  let product: StartedProduct;

  beforeAll(async () => {
    const begun = performance.now();
    product = await StartedProduct.start();
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
  afterAll(() => product.remove());

  it('prints an address that shows the console, and a link that signs in once', async () => {
    expect(product.stdout).toContain(product.url);
    const admin = await product.admin();
    const session = await admin.must('GET', '/api/session');
    expect(session).toMatchObject({ agency: { name: 'Northwind Growth Partners' }, role: 'admin' });
    await expect(product.admin()).rejects.toThrow('410');
    expect((await product.visitor().get('/jobs')).headers['content-type']).toContain('text/html');
  });

  it('is ready, says so, and shows an empty dashboard', async () => {
    for (const probe of ['live', 'ready', 'startup'])
      expect((await product.visitor().get(`/health/${probe}`)).status).toBe(200);
    await product.stop();
    await product.startAgain();
    const dashboard = await (await product.admin()).must('GET', '/api/dashboard');
    expect(dashboard).toMatchObject({ connection: { status: 'none', mode: 'simulator' } });
  });

  it('refuses a second start in the same directory, and one on the same port', async () => {
    const other = newDataDir();
    const same = await runMain('main.embedded.js', [], { DATA_DIR: product.dataDir, PORT: '0' });
    const port = await runMain('main.embedded.js', [], { DATA_DIR: other, PORT: String(product.port) });
    rmSync(other, { recursive: true });
    expect(same).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`already running`) as string });
    expect(port).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`Port ${product.port}`) as string,
    });
    expect((await product.visitor().get('/health/ready')).status).toBe(200);
  });

  it('is operated from the command line while it runs', async () => {
    expect(await product.cli('agency', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Northwind') as string,
    });
    const made = await product.cli('api-key', 'create', '--name', 'e2e', '--role', 'viewer', '--json');
    const { key } = JSON.parse(made.stdout) as { key: string };
    const answer = await product.visitor().ask('GET', '/api/jobs', undefined, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(200);
    expect(await product.cli('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('intact') as string,
    });
    expect(await product.cli('queues', 'pause', 'bulk')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^bulk +paused/) as string,
    });
    expect(await product.cli('queues', 'drain', 'express')).toMatchObject({ code: 1 });
    const queues = await product.cli('queues', 'list', '--json');
    expect(JSON.parse(queues.stdout)).toMatchObject([{ mode: 'running' }, { mode: 'running' }, { mode: 'paused' }]);
    expect(await product.cli('queues', 'resume', 'bulk')).toMatchObject({ code: 0 });
    expect(await product.cli('migrate', '--check')).toMatchObject({ code: 0 });
    expect(await product.cli('doctor')).toMatchObject({ code: 0 });
  });

  it('keeps its secrets to itself', () => {
    const secrets = [
      'database-passwords.json',
      'vault.keys',
      'running.json',
      'postgres-password',
      'ghl-simulator.json',
    ];
    for (const name of secrets) expect((statSync(join(product.dataDir, name)).mode & 0o077).toString(8)).toBe('0');
    const logs = readdirSync(join(product.dataDir, 'logs')).map((name) =>
      readFileSync(join(product.dataDir, 'logs', name), 'utf8'),
    );
    expect(logs.join('')).not.toContain(product.signInLink!.split('#token=')[1]);
  });

  it('stops within five seconds and leaves no process behind, also with a socket open', async () => {
    await product.stop();
    await product.startAgain();
    const socket = connectSocket(await product.admin());
    await until(async () => socket.connected || undefined);
    expect(processesOf(product.dataDir).length).toBeGreaterThanOrEqual(2);
    const { code, ms } = await product.stop();
    socket.disconnect();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
    expect(processesOf(product.dataDir)).toEqual([]);
  });

  it('starts again in a few seconds with what it had, and prints a new link while there is no password', async () => {
    const begun = performance.now();
    await product.startAgain();
    expect(performance.now() - begun).toBeLessThan(10_000);
    const admin = await product.admin();
    expect((await product.cli('agency', 'list')).stdout.trim().split('\n')).toHaveLength(1);
    expect((await admin.ask('PUT', '/api/session/password', { password: 'a password of my own' })).status).toBe(204);
    await product.stop('SIGINT');
    await product.startAgain();
    expect(product.signInLink).toBeUndefined();
    expect(product.stdout).toContain('user sign-in-link');
  });

  it('recovers from kill -9', async () => {
    await product.kill();
    await product.startAgain();
    const simulators = processesOf(product.dataDir).filter(({ command }) => command.includes('ghl-simulator.main'));
    expect(simulators).toHaveLength(1);
    const answer = await product
      .visitor()
      .post('/api/session', { email: 'admin@switchyard.local', password: 'a password of my own' });
    expect(answer.status).toBe(201);
  });

  it('ends as a whole when its database ends', async () => {
    const postgres = processesOf(product.dataDir).find(({ command }) => command.includes(`postgres -D`))!;
    process.kill(postgres.pid, 'SIGKILL');
    await until(async () => (processesOf(product.dataDir).length === 0 ? true : undefined));
    await product.startAgain();
    expect((await product.visitor().get('/health/ready')).status).toBe(200);
  });

  it('skips the waits at the second signal', async () => {
    product.signal('SIGTERM');
    expect((await product.stop('SIGTERM')).ms).toBeLessThan(5_000);
    await until(async () => (processesOf(product.dataDir).length === 0 ? true : undefined));
  });

  function connectSocket({ base, headers }: Caller): Socket {
    const extraHeaders = { cookie: String(headers.cookie), origin: product.url };
    return io(base, { transports: ['websocket'], extraHeaders, reconnection: false, forceNew: true });
  }
});

describe('a start that cannot be', () => {
  const faulty = { PORT: '99999', LEASE_MS: 'soon', ADMIN_PASSWORD: 'hunter2', GHL_API_URL: 'ftp://x' };

  it.each(['main.embedded.js', 'main.api.js', 'main.worker.js'])(
    '%s names every fault at once, and no value',
    async (main) => {
      const { code, stderr, stdout, ms } = await runMain(main, [], faulty);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      for (const name of Object.keys(faulty)) expect(stderr).toContain(name);
      expect(stderr).not.toContain('hunter2');
      expect(ms).toBeLessThan(5_000);
    },
  );

  it('is found by --check-config, which starts nothing', async () => {
    const DATA_DIR = newDataDir();
    expect((await runMain('main.embedded.js', ['--check-config'], { ...faulty, DATA_DIR })).code).toBe(2);
    expect(await runMain('main.embedded.js', ['--check-config'], { DATA_DIR })).toMatchObject({ code: 0, stderr: '' });
    expect((await runMain('main.api.js', ['--check-config'], { DATA_DIR })).stderr).toMatch(
      /DATABASE_URL[^]*VAULT_KEYS/,
    );
    expect(readdirSync(DATA_DIR)).toEqual([]);
    rmSync(DATA_DIR, { recursive: true });
  });

  it('is explained when the database is away', async () => {
    const env = {
      DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x',
      VAULT_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
      PORT: '0',
    };
    const { code, stderr } = await runMain('main.api.js', [], env);
    expect(code).toBe(2);
    expect(stderr).toContain('The database of DATABASE_URL cannot be used');
    expect(stderr).not.toContain('secret');
  });
});
