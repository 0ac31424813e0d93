import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const lockModule = resolve(import.meta.dirname, '../../scripts/lib/process-lock.mjs');

describe('the lock around installing and building', () => {
  let directory: string;
  let lock: string;
  let trace: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'process-lock-'));
    lock = join(directory, 'lock');
    trace = join(directory, 'trace');
    writeFileSync(trace, '');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('lets one process work at a time', async () => {
    await Promise.all([1, 2, 3].map(() => worker()));
    expect(steps()).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });

  it('is taken over, once, when its holder is dead', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(lock, JSON.stringify({ pid, startedAt: 'once' }));
    await Promise.all([1, 2, 3].map(() => worker()));
    expect(steps()).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });

  const steps = () => readFileSync(trace, 'utf8').trim().split('\n');

  function worker(): Promise<void> {
    const code = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(lockModule)};
      await withLock(${JSON.stringify(lock)}, () => undefined, async () => {
        appendFileSync(${JSON.stringify(trace)}, 'in\\n');
        await sleep(100);
        appendFileSync(${JSON.stringify(trace)}, 'out\\n');
      });`;
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
      child.once('exit', (status) => (status === 0 ? done() : fail(new Error(`worker ended with ${status}`))));
    });
  }
});
