import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { describeWithRedis } from '../../backend/test/redis.js';
import { aBusiness, type Job } from '../support/agency.js';
import { withConnection } from '../support/database-session.js';
import { until } from '../support/until.js';
import { StartedCluster } from './started-cluster.js';
import { type Reading, TokenUser } from './token-user.js';

/* The long form: KEYS_READS=1000 KEYS_CELLS=20000 npm test -- e2e/cluster/key-rotation */
const readsPerSecond = Number(process.env.KEYS_READS ?? 400);
const cells = Number(process.env.KEYS_CELLS ?? 3_000);
const USERS = 4;

jest.setTimeout(600_000);

describeWithRedis('changing the vault key while everything runs', () => {
  let started: StartedCluster;
  const users: TokenUser[] = [];

  beforeAll(async () => {
    started = await StartedCluster.start({ apis: 1, workers: 2, env: { DATABASE_POOL: '8' } });
    await started.connect();
    const { env } = started.cluster;
    users.push(...(await Promise.all(Array.from({ length: USERS }, () => TokenUser.start(env)))));
  });
  afterAll(async () => {
    for (const user of users) await user.kill();
    await started?.remove();
  });

  const asAdmin = <Row>(sql: string, parameters: unknown[] = []) =>
    withConnection(
      started.cluster.postgres!.adminUrl,
      async (client) => (await client.query(sql, parameters)).rows as Row[],
    );

  it('fails nobody, outlives a kill, keeps a late process out, and leaves nothing on the old key', async () => {
    const [{ tenant, connectionId }] = await asAdmin<{ tenant: string; connectionId: string }>(
      'SELECT agency_id AS tenant, id AS "connectionId" FROM ghl_connections',
    );
    const [{ old }] = await asAdmin<{ old: string }>(`SELECT id AS old FROM vault_ring WHERE state = 'current'`);
    const oldList = readFileSync(started.cluster.env.VAULT_KEYS_FILE!, 'utf8').trim();
    const what = { tenant, connectionId, count: cells };
    await users[0].ask('seed', what);
    await Promise.all(users.map((user) => user.ask('read', { ...what, perSecond: readsPerSecond / USERS })));
    const provision = async (name: string) => {
      const begun = await started.admin().must<{ jobId: string }>('POST', '/api/provision', aBusiness(name));
      return until(async () => {
        const { state } = await started.admin().must<Job>('GET', `/api/jobs/${begun.jobId}`);
        return state === 'done' || undefined;
      }, 90_000);
    };
    const renewTokens = () => asAdmin(`UPDATE ghl_connections SET refresh_due_at = now()`);

    await pass(cli('keys', 'add', '--id', 'next'));
    await renewTokens();
    await until(async () => (await cli('keys', 'promote', 'next')).code === 0 || undefined, 60_000);
    const late = await started.cluster.add('worker', { VAULT_KEYS_FILE: undefined, VAULT_KEYS: oldList });
    late.launch();
    await provision('While the key was promoted');

    await killedInTheMiddle(() => renewTokens());
    expect(await wrappedBy(old)).toBe(0); // data keys first, cells after
    expect((await cli('keys', 'retire', old)).stderr).toMatch(/cells are still sealed with earlier data keys/);
    await Promise.all([pass(cli('keys', 're-encrypt')), renewTokens(), provision('While everything was sealed anew')]);
    await pass(cli('keys', 'retire', old));

    const readiness = await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${late.port}/health/ready`).catch(() => undefined);
      return answer && { status: answer.status, text: await answer.text() };
    });
    expect(readiness.status).toBe(503);
    expect(readiness.text).toContain('VAULT_KEYS lacks the key \\"next\\"');
    expect(readiness.text).not.toContain(oldList.split(':')[1].slice(0, 12));
    expect(late.output).toContain('this worker carries nothing yet');
    expect(late.output).not.toContain('A sealed value could not be opened');

    const readings = await Promise.all(users.map((user) => user.ask<Reading>('stop')));
    const pace = readings.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const reads = readings.reduce((sum, each) => sum + each.reads, 0);
    process.stderr.write(`${reads} reads at ${Math.round(pace)}/s by ${USERS} processes, ${cells} cells\n`);
    expect(readings.flatMap(({ failures }) => failures)).toEqual([]);
    expect(reads).toBeGreaterThan(1_000);
    for (const each of started.cluster.processes)
      expect(each.output).not.toContain('A sealed value could not be opened');

    expect(await wrappedBy(old)).toBe(0);
    expect(await withConnection(started.cluster.postgres!.adminUrl, cellsOfEarlierKeys)).toEqual([]);
    const journal = await asAdmin<{ status: string }>('SELECT status FROM ghl_connections');
    expect(journal).toEqual([{ status: 'active' }]);
  });

  const wrappedBy = async (id: string) =>
    (await asAdmin<{ count: number }>('SELECT count(*)::int AS count FROM vault_keys WHERE wrapped_by = $1', [id]))[0]
      .count;

  const commandLine = (...args: string[]) =>
    spawn(process.execPath, [resolve(import.meta.dirname, '../../dist/server/backend/src/main.cli.js'), ...args], {
      env: started.cluster.env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function cli(...args: string[]) {
    const child = commandLine(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, stdout, stderr };
  }

  async function pass(ran: ReturnType<typeof cli>): Promise<void> {
    const { code, stderr } = await ran;
    if (code !== 0) throw new Error(`It ended with ${code}: ${stderr}`);
  }

  /** kill -9 when some cells are done and most are not. */
  async function killedInTheMiddle(meanwhile: () => Promise<unknown>): Promise<void> {
    const child = commandLine('keys', 're-encrypt', '--batch', '20');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/ghl_location_tokens.access_cell (\d{3,}) of/.test(said)) child.kill('SIGKILL');
    });
    const ended = new Promise<string | null>((done) => child.once('close', (_code, signal) => done(signal)));
    await meanwhile();
    expect(await ended).toBe('SIGKILL');
    const [, done, of] = [...said.matchAll(/ghl_location_tokens.access_cell (\d+) of (\d+)/g)].at(-1)!;
    expect(Number(done)).toBeLessThan(Number(of));
  }
});

/** Wherever in the database something sealed stands: also in columns that nobody named to the rotation. */
async function cellsOfEarlierKeys(client: Client): Promise<string[]> {
  const { rows: columns } = await client.query<{ table: string; column: string }>(
    `SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'text'`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${column} LIKE 'v1.k-%'
         AND split_part(${column}, '.', 2) NOT IN (SELECT kid FROM vault_keys WHERE state = 'current')`,
    );
    if (rows[0].count > 0) found.push(`${table}.${column}: ${rows[0].count}`);
  }
  return found;
}
