import { aBusiness, type Job } from '../support/agency.js';
import { until } from '../support/until.js';
import { describeWithRedis } from '../../backend/test/redis.js';
import { StartedCluster } from './started-cluster.js';

jest.setTimeout(180_000);

describeWithRedis('a cluster', () => {
  let started: StartedCluster;
  beforeAll(async () => {
    started = await StartedCluster.start({ apis: 2, workers: 2 });
    await started.connect();
  });
  afterAll(() => started?.remove());

  const begin = async (name: string) => {
    const { jobId } = await started
      .admin()
      .must<{ jobId: string }>('POST', '/api/provision', { ...aBusiness(name), snapshot: 'none' });
    return jobId;
  };
  const done = (id: string) =>
    until(async () => {
      const job = await started.admin(started.cluster.apis[1]).must<Job>('GET', `/api/jobs/${id}`);
      return job.state === 'done' || undefined;
    }, 60_000);

  it('carries in a worker what one api process took, and shows it in the other', async () => {
    await done(await begin('From one to the other'));
  });

  it('goes on when a worker is killed, and takes it back when it is started again', async () => {
    const [first, second] = started.cluster.workers;
    await first.kill();
    expect(first.pid).toBeUndefined();
    const before = second.pid;
    await done(await begin('With one worker'));
    await first.restart();
    await second.kill();
    await done(await begin('With the other one'));
    await second.restart({ WORKER_CONCURRENCY: '2' });
    expect(second.pid).not.toBe(before);
  });

  it('goes on after Postgres crashed, with what was committed', async () => {
    const id = await begin('Over a crash');
    await started.cluster.postgres!.crash();
    await started.cluster.postgres!.launch();
    await until(async () => {
      const answer = await started.admin().get(`/api/jobs/${id}`);
      return answer.status === 200 || undefined;
    }, 60_000);
    await done(id);
  });
});
