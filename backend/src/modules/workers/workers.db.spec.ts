import { randomUUID } from 'node:crypto';
import { type SmallApp, startSmallApp } from '../../../test/small-app.js';
import { EngineModule } from '../../engine/engine.module.js';
import { ProcessRegistry } from '../../engine/processes/process-registry.js';
import { type Nudge, type QueueLane, QueuePort } from '../../engine/queue/queue.port.js';
import { type TenantId, Transaction } from '../../platform/database/index.js';
import { QueuesService } from './queues.service.js';
import { WorkersModule } from './workers.module.js';
import { WorkersService } from './workers.service.js';

describe('who works, and on what', () => {
  let small: SmallApp;
  let tenant: TenantId;
  beforeEach(async () => {
    small = await startSmallApp({ modules: [EngineModule.forRoot(), WorkersModule] });
    tenant = await small.anAgency();
  });
  afterEach(() => small.close());

  const view = (of = tenant) => small.app.get(WorkersService, { strict: false }).view(of);
  const queues = () => small.app.get(QueuesService, { strict: false });
  const query = <Row>(sql: string, values: unknown[] = [], of = tenant) =>
    small.app.get(Transaction).run(of, (tx) => tx.query<Row>(sql, values));
  const aProcess = (id: string, { silentFor = '0 s', carrying = 0, draining = false } = {}) =>
    query(
      `INSERT INTO processes (id, kind, host, pid, version, concurrency, carrying, draining, beat_at)
       VALUES ($1, 'worker', 'host', 1, '1.0.0', 8, $2, $3, now() - $4::interval)`,
      [id, carrying, draining, silentFor],
    );
  const aRun = async (state: string, more: { queue?: QueueLane; dueSince?: number; owner?: string; of?: TenantId }) => {
    const { queue = 'default', dueSince = 0, owner = null, of = tenant } = more;
    const id = randomUUID();
    await query(
      `INSERT INTO runs (agency_id, id, saga, version, title, op_key, request_hash, state, waiting_for, queue, lane, input, created_by, run_at, lease_owner, claimed_at)
       VALUES ($1, $2::uuid, 'none', 1, 'A job', $2::text, '', $3, CASE $3 WHEN 'waiting' THEN 'retry' END, $4, 'l', '{}', 'x',
         now() - $5 * interval '1 s', $6, now() - interval '7 s')`,
      [of, id, state, queue, dueSince, owner],
      of,
    );
    return id;
  };

  it('a process lists itself, says that it drains, and is gone when it has ended', async () => {
    const registry = small.app.get(ProcessRegistry);
    await registry.start('worker');
    const [process_] = (await view()).processes;
    expect(process_).toMatchObject({ kind: 'worker', pid: process.pid, alive: true, draining: false, concurrency: 16 });
    expect(process_).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, jobs: [] });
    expect(await query('SELECT vault_keys FROM processes')).toEqual([{ vault_keys: ['test'] }]);
    await registry.drain();
    expect((await view()).processes).toMatchObject([{ draining: true }]);
    await registry.stop();
    expect((await view()).processes).toEqual([]);
  });

  it('a process that only listens has no places', async () => {
    const registry = small.app.get(ProcessRegistry);
    await registry.start('api');
    expect((await view()).processes).toMatchObject([{ kind: 'api', concurrency: 0 }]);
    await registry.stop();
  });

  it('one that was killed is shown as gone, and forgotten after a day', async () => {
    await aProcess('killed', { silentFor: '16 s' });
    await aProcess('forgotten', { silentFor: '25 hours' });
    const registry = small.app.get(ProcessRegistry);
    await registry.start('worker');
    const { processes } = await view();
    expect(processes.map(({ id, alive }) => [id === 'killed', alive])).toEqual([
      [true, false],
      [false, true],
    ]);
    await registry.stop();
  });

  it('jobs of other agencies are a number and nothing else', async () => {
    const other = await small.anAgency('Other');
    await aProcess('w', { carrying: 3 });
    const id = await aRun('running', { owner: 'w', queue: 'bulk' });
    await query(
      `INSERT INTO run_steps (agency_id, run_id, ordinal, name, marker, state) VALUES ($1, $2, 1, 'one', 'm1', 'done'), ($1, $2, 2, 'two', 'm2', 'intent')`,
      [tenant, id],
    );
    await aRun('running', { owner: 'w', of: other });
    await aRun('running', { owner: 'w', of: other });
    const [w] = (await view()).processes;
    expect(w).toMatchObject({ carrying: 3, otherJobs: 2 });
    expect(w.jobs).toEqual([{ id, title: 'A job', queue: 'bulk', step: 'two', heldMs: expect.any(Number) as number }]);
    expect(w.jobs[0].heldMs).toBeGreaterThanOrEqual(7_000);
    expect((await view(other)).processes[0]).toMatchObject({ otherJobs: 1, jobs: [{}, {}] });
  });

  it('queues are counted by what they could do now, what waits, and what is in hand', async () => {
    const other = await small.anAgency('Other');
    await aRun('ready', { dueSince: 90 });
    await aRun('ready', { dueSince: 5 });
    await aRun('waiting', { dueSince: -3_600 });
    await aRun('running', { owner: 'w' });
    await aRun('done', {});
    await aRun('ready', { of: other, queue: 'bulk' });
    const [priority, normal, bulk] = (await view()).queues;
    expect(priority).toEqual({
      ...{ queue: 'priority', mode: 'running', setBy: null, setAt: null },
      ...{ due: 0, waiting: 0, inHand: 0, oldestDueMs: null },
    });
    expect(normal).toMatchObject({ queue: 'default', due: 2, waiting: 1, inHand: 1 });
    expect(normal.oldestDueMs).toBeGreaterThanOrEqual(90_000);
    expect(bulk).toMatchObject({ queue: 'bulk', due: 0 });
  });

  it('a hold is remembered with who set it, replaced by another, and let go with a ring for what is due', async () => {
    const by = { tenant, actor: 'user:ann' };
    expect(await queues().set(by, 'bulk', 'paused')).toMatchObject({ mode: 'paused', setBy: 'user:ann' });
    const bob = { tenant, actor: 'user:bob' };
    expect(await queues().set(bob, 'bulk', 'paused')).toMatchObject({ setBy: 'user:ann' });
    expect(await queues().set(bob, 'bulk', 'draining')).toMatchObject({ mode: 'draining', setBy: 'user:bob' });
    const heard: Nudge[] = [];
    const wake = async (nudge: Nudge) => heard.push(nudge) > 0;
    await small.app.get(QueuePort).consume({ wake, room: () => undefined });
    const runId = await aRun('ready', { queue: 'bulk', dueSince: 5 });
    expect(await queues().set(by, 'bulk', 'running')).toMatchObject({ mode: 'running', setBy: null, setAt: null });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([{ runId, fence: 1, lane: 'bulk' }]);
    const actions = await query('SELECT action, object, data FROM audit_entries ORDER BY seq DESC LIMIT 1');
    expect(actions).toEqual([{ action: 'queues.control', object: 'queue:bulk', data: { mode: 'running' } }]);
  });
});
