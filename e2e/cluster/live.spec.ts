import { io, type Socket } from 'socket.io-client';
import { describeWithRedis } from '../../backend/test/redis.js';
import type { ClusterProcess } from '../../backend/src/boot/cluster/cluster-process.js';
import { aBusiness, type Job } from '../support/agency.js';
import { until } from '../support/until.js';
import { StartedCluster } from './started-cluster.js';

jest.setTimeout(180_000);

interface Line {
  seq: number;
  message: string;
}

describeWithRedis('watching over two api processes', () => {
  let started: StartedCluster;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    started = await StartedCluster.start({ apis: 2, workers: 1 });
    await started.connect();
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
  afterAll(() => started?.remove());

  const socketAt = async (
    api: ClusterProcess,
    headers = started.admin(api).headers as Record<string, string>,
    reconnection = true,
  ): Promise<Socket> => {
    const { cookie, origin } = headers;
    const url = `http://127.0.0.1:${api.port}`;
    const options = { transports: ['websocket'], forceNew: true, reconnection, extraHeaders: { cookie, origin } };
    const socket = io(url, options);
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
    return socket;
  };
  const watch = async (api: ClusterProcess, runId: string): Promise<number[]> => {
    const seen: number[] = [];
    const socket = await socketAt(api);
    socket.on('run:lines', ({ lines }: { lines: Line[] }) => seen.push(...lines.map(({ seq }) => seq)));
    await socket.emitWithAck('run:watch', { runId, after: 0 });
    return seen;
  };
  const begin = async (name: string) => {
    const request = { ...aBusiness(name), snapshot: 'none' };
    return (await started.admin().must<{ jobId: string }>('POST', '/api/provision', request)).jobId;
  };
  const stored = async (id: string) =>
    (await started.admin().must<{ lines: Line[] }>('GET', `/api/jobs/${id}/log?after=0&limit=500`)).lines.map(
      ({ seq }) => seq,
    );
  const isDone = async (id: string) =>
    (await started.admin().must<Job>('GET', `/api/jobs/${id}`)).state === 'done' || undefined;

  it('shows the whole log once and in order at both, while Redis is flushed, frozen, killed and empty', async () => {
    const redis = started.cluster.redis!;
    const faults = [
      async () => undefined,
      async () => redis.kill('SIGSTOP'),
      async () => redis.kill('SIGCONT'),
      async () => redis.kill('SIGKILL'),
      async () => redis.launch({ empty: true }),
    ];
    for (const [at, fault] of faults.entries()) {
      const id = await begin(`Watched ${at}`);
      const seen = await Promise.all(started.cluster.apis.map((api) => watch(api, id)));
      await fault();
      await until(() => isDone(id), 60_000);
      const lines = await stored(id);
      expect(lines).toEqual(lines.map((_, index) => index + 1));
      for (const each of seen)
        await until(async () => each.length >= lines.length || undefined, 20_000).then(() =>
          expect(each).toEqual(lines),
        );
    }
  });

  it('tells by Redis before it would look by itself', async () => {
    const late: number[] = [];
    for (let round = 0; round < 5; round++) {
      const id = await begin(`Quick ${round}`);
      const [one, other] = await Promise.all(started.cluster.apis.map((api) => watch(api, id)));
      await until(() => isDone(id), 60_000);
      const lines = await stored(id);
      const since = performance.now();
      await until(async () => (one.length >= lines.length && other.length >= lines.length) || undefined, 20_000);
      late.push(performance.now() - since);
    }
    // A look a second would be late by half a second on the average.
    expect(late.sort((a, b) => a - b)[2]).toBeLessThan(250);
  });

  it('cuts the connections of a session that ended, at the other process, too', async () => {
    const { cluster } = started;
    const late: number[] = [];
    for (let round = 0; round < 3; round++) {
      const person = { email: `leaver-${round}-${Date.now()}@people.example`, password: 'a-long-enough-password' };
      const { id } = await started
        .admin()
        .must<{ id: string }>('POST', '/api/users', { ...person, name: 'Leaver', role: 'viewer' });
      const { headers } = await started.signIn(person, cluster.apis[1]);
      const socket = await socketAt(cluster.apis[1], headers as Record<string, string>, false);
      await started.admin(cluster.apis[0]).must('PATCH', `/api/users/${id}`, { disabled: true });
      const since = performance.now();
      await until(async () => !socket.connected || undefined);
      late.push(performance.now() - since);
    }
    // Each process also looks by itself, every three seconds.
    expect(Math.max(...late)).toBeLessThan(1_200);
  });

  it('answers requests within two seconds while Redis is frozen, and says that it is degraded', async () => {
    const redis = started.cluster.redis!;
    await redis.kill('SIGSTOP');
    try {
      const admin = started.admin();
      const slowest = { ms: 0 };
      for (let round = 0; round < 5; round++) {
        const request = { ...aBusiness(`Frozen ${round}`), snapshot: 'none' };
        const begun = await timed(slowest, () => admin.post('/api/provision', request));
        // Each process has only its part of HighLevel's budget now, and says so when that is spent.
        expect([202, 429]).toContain(begun.status);
        if (begun.status === 202)
          await timed(slowest, () => admin.must('GET', `/api/jobs/${begun.json<{ jobId: string }>().jobId}`));
        await timed(slowest, () => admin.must('GET', '/api/jobs'));
      }
      expect(slowest.ms).toBeLessThan(2_000);
      const ready = await admin.get('/health/ready');
      expect([ready.status, ready.json<{ status: string }>().status]).toEqual([200, 'degraded']);
    } finally {
      await redis.kill('SIGCONT');
    }
    await until(async () => {
      const ready = await started.admin().get('/health/ready');
      return ready.json<{ status: string }>().status === 'ok' || undefined;
    });
  });
});

async function timed<Result>(slowest: { ms: number }, act: () => Promise<Result>): Promise<Result> {
  const since = performance.now();
  const result = await act();
  slowest.ms = Math.max(slowest.ms, performance.now() - since);
  return result;
}
