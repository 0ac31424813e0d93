import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import {
  DataDirectoryInUse,
  endAbandonedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './embedded-postgres.js';

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('embedded Postgres', () => {
  jest.setTimeout(60_000);
  // One cluster for all stories, because making it takes a second; each story stops what it started.
  let dataDir: string;
  let clusterDir: string;
  let started: EmbeddedPostgres[];
  let said: string[];

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'embedded-postgres-spec-'));
    chmodSync(dataDir, 0o755);
  });
  beforeEach(() => {
    started = [];
    said = [];
  });
  afterEach(async () => {
    for (const postgres of started) await postgres.stop();
  });
  afterAll(() => {
    for (const directory of [dataDir, dirname(clusterDir)]) rmSync(directory, { recursive: true, force: true });
  });

  it('keeps its rows, its port and its password over a restart', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.port).toBe(first.port);
    expect(second.superuserPassword).toBe(first.superuserPassword);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second start in the same directory and leaves the first one alone', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(DataDirectoryInUse);
    await expect(endAbandonedPostgres(dataDir, say)).resolves.toBe(false);
    expect(await query(first, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('takes over the lock of a process that is gone', async () => {
    const { pid } = spawn(process.execPath, ['--version']);
    writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ pid, startedAt: 'before' }));
    await expect(start()).resolves.toBeDefined();
  });

  it('takes over a lock whose pid now belongs to another program', async () => {
    writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    await expect(start()).resolves.toBeDefined();
  });

  it('moves to another port when its own is taken', async () => {
    const first = await start();
    await first.stop();
    const squatter = await listen(first.port);
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await query(second, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    squatter.close();
  });

  it('stops the server that a killed supervisor left running', async () => {
    const orphan = await start();
    await query(orphan, 'CREATE TABLE kept_too AS SELECT 42 AS answer');
    forgetHolder();
    const next = await start();
    await orphan.ended;
    expect(said).toContainEqual(expect.stringContaining('that an earlier run left behind'));
    expect(await query(next, 'SELECT answer FROM kept_too')).toEqual([{ answer: 42 }]);
  });

  onLinux('ends the busy backends of a killed server', async () => {
    const killed = await start();
    const busy = new Client({ connectionString: killed.superuserUrl() });
    busy.on('error', () => undefined);
    await busy.connect();
    const endless = busy.query('SELECT count(*) FROM generate_series(1, 1e12)').catch((error: Error) => error);
    process.kill(postmasterOf(killed), 'SIGKILL');
    await killed.ended;
    forgetHolder();
    const next = await start();
    expect(await endless).toBeInstanceOf(Error);
    expect(said).toContainEqual(expect.stringContaining('that lost their server'));
    expect(await query(next, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('starts although the pid in the server’s own file now belongs to another program', async () => {
    const first = await start();
    await first.stop();
    const bystander = spawn('sleep', ['30']);
    writeFileSync(join(first.clusterDir, 'postmaster.pid'), `${bystander.pid}\n${first.clusterDir}\n`);
    const second = await start();
    expect(await query(second, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  it('says which file is missing when the password is lost', async () => {
    await (await start()).stop();
    const file = join(dataDir, 'postgres-password');
    renameSync(file, `${file}.lost`);
    await expect(start()).rejects.toThrow('postgres-password is missing');
    renameSync(`${file}.lost`, file);
  });

  const say = (line: string) => void said.push(line);

  async function start(): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataDir, log: say, settings: { fsync: 'off' } });
    started.push(postgres);
    clusterDir = postgres.clusterDir;
    return postgres;
  }

  /** As if the process that took the lock had been killed: the lock names nobody alive. */
  function forgetHolder(): void {
    writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ pid: process.pid, startedAt: 'before the kill' }));
  }
});

const postmasterOf = (postgres: EmbeddedPostgres): number =>
  Number(readFileSync(join(postgres.clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.superuserUrl() });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });
}
