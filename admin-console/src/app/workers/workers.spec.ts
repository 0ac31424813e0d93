import type { Queue, WorkerProcess, Workers } from '../api/models';
import { type OpenConsole, openConsole, textOf } from '../testing/console-test';
import { WorkersPage } from './workers';

const aQueue = (change: Partial<Queue> = {}): Queue => ({
  queue: 'bulk',
  mode: 'running',
  setBy: null,
  setAt: null,
  due: 12,
  waiting: 3,
  inHand: 2,
  oldestDueMs: 61_000,
  ...change,
});
const aProcess = (change: Partial<WorkerProcess> = {}): WorkerProcess => ({
  id: 'worker-1',
  kind: 'worker',
  host: 'node-1',
  pid: 4711,
  version: '0.1.0',
  startedAt: '2026-11-20T10:00:00Z',
  heartbeatAgeMs: 1_200,
  alive: true,
  draining: false,
  concurrency: 16,
  carrying: 1,
  jobs: [
    {
      id: '0193a000-0000-7000-8000-000000000001',
      title: 'Provision Bright Smile',
      queue: 'bulk',
      step: 'create-location',
      heldMs: 5_000,
    },
  ],
  otherJobs: 0,
  ...change,
});

describe('the page of workers', () => {
  async function opened(workers: Workers): Promise<OpenConsole> {
    const console = await openConsole([{ path: 'workers', component: WorkersPage }], '/workers');
    console.http.expectOne('/api/workers').flush(workers);
    await console.settle();
    return console;
  }

  it('shows what waits, for how long, and who carries what', async () => {
    const { page } = await opened({ queues: [aQueue()], processes: [aProcess()] });
    expect(textOf(page)).toContain('Bulk');
    expect(textOf(page)).toContain('1 min 1 s');
    expect(textOf(page)).toContain('Carries 1 of 16 jobs');
    expect(page.querySelector('.jobs a')?.getAttribute('href')).toContain('/jobs/0193a000');
  });

  it('says of a process without a heartbeat what becomes of its jobs', async () => {
    const { page } = await opened({ queues: [], processes: [aProcess({ alive: false, heartbeatAgeMs: 40_000 })] });
    expect(textOf(page)).toContain('No heartbeat');
    expect(textOf(page)).toContain('as soon as their leases end');
  });

  it('says what a paused queue means, and who paused it', async () => {
    const { page } = await opened({
      queues: [aQueue({ mode: 'paused', setBy: 'Ada', setAt: '2026-11-20T10:00:00Z' })],
      processes: [],
    });
    expect(textOf(page)).toContain('Paused');
    expect(textOf(page)).toContain('until it is resumed');
    expect(textOf(page)).toContain('No process has reported');
  });
});
