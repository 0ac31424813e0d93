import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWithRedis } from '../../backend/test/redis.js';
import { type BatchRowView, type BatchView, clients, csvOf } from '../support/batch.js';
import { until } from '../support/until.js';
import { StartedCluster } from './started-cluster.js';

jest.setTimeout(240_000);

const rows = 3_000;

describeWithRedis('a batch whose worker is killed', () => {
  let started: StartedCluster;
  beforeAll(async () => {
    started = await StartedCluster.start({ apis: 1, workers: 1 });
    await started.connect();
  });
  afterAll(() => started?.remove());

  const get = (id: string) => started.admin().must<BatchView>('GET', `/api/batches/${id}`);
  const addsUp = ({ counts: { total, ...states } }: BatchView) =>
    expect([total, Object.values(states).reduce((sum, count) => sum + count, 0)]).toEqual([rows, rows]);

  /** Kills the worker as soon as some and not all is done, and starts it again. */
  async function killInTheMiddle(id: string, left: (batch: BatchView) => number): Promise<void> {
    await until(async () => {
      const open = left(await get(id));
      return (open > 0 && open < rows) || undefined;
    }, 120_000);
    const [worker] = started.cluster.workers;
    await worker.kill();
    const batch = await get(id);
    expect(left(batch)).toBeGreaterThan(0);
    addsUp(batch);
    await worker.restart();
  }

  async function cli(...args: string[]) {
    const main = resolve(import.meta.dirname, '../../dist/server/backend/src/main.cli.js');
    const child = spawn(process.execPath, [main, ...args], {
      ...{ env: started.cluster.env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] as const },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, stdout, stderr };
  }

  it('is imported from the command line: looked at first, then started', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-import-'));
    const [file, problems] = [join(directory, 'clients.csv'), join(directory, 'bad.csv')];
    const [good, bad] = clients(2);
    writeFileSync(file, csvOf([good, { ...bad, Email: 'no address' }]));
    const looked = await cli('provision', 'import', file, '--dry-run', '--problems', problems);
    expect([looked.code, looked.stderr]).toEqual([1, '']);
    expect(looked.stdout).toContain('problem: 1');
    expect(readFileSync(problems, 'utf8')).toContain('must be an e-mail address');
    const refused = await cli('provision', 'import', file, '--start');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--yes')]);
    writeFileSync(file, csvOf([good]));
    const done = await cli('provision', 'import', file, '--start', '--yes', '--watch', '--json');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse(done.stdout)).toMatchObject({ state: 'finished', counts: { total: 1, done: 1 } });
    rmSync(directory, { recursive: true });
  });

  it('is checked to its end, and begins each row once', async () => {
    const admin = started.admin();
    // Nothing is carried, so that what was begun can be counted.
    await admin.must('POST', '/api/queues/bulk/pause');
    const { id } = await admin.must<BatchView>('POST', '/api/batches', { rows: clients(rows) });
    await killInTheMiddle(id, ({ counts }) => counts.unchecked);
    const ready = await until(async () => {
      const batch = await get(id);
      return batch.state === 'ready' ? batch : undefined;
    }, 120_000);
    expect(ready.counts).toMatchObject({ ready: rows });
    await admin.must('POST', `/api/batches/${id}/start`, { planHash: ready.plan!.planHash });
    await killInTheMiddle(id, ({ counts }) => counts.ready);
    const running = await until(async () => {
      const batch = await get(id);
      return batch.state === 'running' ? batch : undefined;
    }, 120_000);
    expect(running.counts).toMatchObject({ queued: rows });
    const jobs = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor && `&cursor=${cursor}`;
      const page: { items: BatchRowView[]; next: string | null } = await admin.must(
        'GET',
        `/api/batches/${id}/rows?limit=100${query}`,
      );
      for (const { jobId } of page.items) jobs.add(jobId!);
      cursor = page.next;
    }
    expect(jobs.size).toBe(rows);
    await admin.must('POST', `/api/batches/${id}/cancel`);
    expect((await get(id)).counts).toMatchObject({ cancelled: rows });
  });
});
