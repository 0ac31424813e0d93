import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describeWithRedis } from '../../backend/test/redis.js';
import { processesOf } from '../support/processes-of.js';
import { newDataDir } from '../support/started-product.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);
const main = resolve(import.meta.dirname, '../../dist/server/backend/src/main.cluster.js');

describe('npm run cluster', () => {
  let dataDir: string;
  let child: ChildProcess;
  let printed: string;
  beforeEach(() => {
    dataDir = newDataDir();
    printed = '';
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    for (const { pid } of processesOf(dataDir)) process.kill(pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const launch = (path = process.env.PATH) => {
    child = spawn(process.execPath, [main, '--apis=1', '--workers=1'], {
      env: { PATH: path, PORT: '0', DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  };
  const says = (what: RegExp) => until(async () => what.exec(printed) ?? undefined, 60_000);
  const isRunning = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const pids = () =>
    [/pid (\d+)\)/g, /Workers +1: pids (\d+)/g, /Redis .*\(pid (\d+)\)/g].flatMap((form) =>
      [...printed.matchAll(form)].map(([, pid]) => Number(pid)),
    );

  it('says what to install when there is no redis-server', async () => {
    launch(dirname(process.execPath));
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(printed).toContain('apt-get install redis-server');
  });

  describeWithRedis('where there is a redis-server', () => {
    it('says how to sign in, starts again what dies, and leaves nothing behind', async () => {
      launch();
      await says(/sign-in\/link#token=\S+/);
      const [, worker] = await says(/pids (\d+)/);
      process.kill(Number(worker), 'SIGKILL');
      const [, next] = await says(/worker-1 is there again, with pid (\d+)/);
      const everybody = [...pids(), Number(next)];
      child.kill('SIGINT');
      expect((await once(child, 'exit'))[0]).toBe(0);
      expect(everybody.filter(isRunning)).toEqual([]);
      expect(processesOf(dataDir)).toEqual([]);
    });

    it('takes its processes with it when it is killed, and starts on what is left', async () => {
      launch();
      await says(/Ctrl-C stops everything/);
      const [, worker] = await says(/pids (\d+)/);
      child.kill('SIGKILL');
      await until(async () => !isRunning(Number(worker)) || undefined);
      printed = '';
      launch();
      await says(/Ctrl-C stops everything/);
    });
  });
});
