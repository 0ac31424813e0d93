import { setTimeout as pause } from 'node:timers/promises';
import { built } from './built.mjs';
import { residentMb } from './measuring.mjs';
import { signIn } from './visitor.mjs';

export const name = 'memory: api idle, worker, api after 100,000 requests';
export const must = '≤ 200, ≤ 180, ≤ 300 MB, flat';
export const goal = must;
export const method =
  'Resident memory of the built api and worker processes: idle for 10 s, then the api after 50,000 and after 100,000 signed-in requests, 16 at a time (job list, session, settings). Flat: the second half adds less than 10 %.';

const REQUESTS = 100_000;
const AT_ONCE = 16;
const PATHS = ['/api/jobs?limit=25', '/api/session', '/api/dashboard'];

export async function run(stage) {
  const { seedCluster } = await built('backend/src/boot/cluster/seed-cluster.js');
  const { cluster } = stage;
  const [api, worker] = [await cluster.add('api'), await cluster.add('worker')];
  try {
    for (const each of [api, worker]) each.launch();
    await Promise.all([api.ready(), worker.ready()]);
    await pause(10_000);
    const idle = { api: residentMb(api.pid), worker: residentMb(worker.pid) };
    const { agency, link } = await seedCluster(cluster.env, api.url);
    const visitor = await signIn(api.url, { tenant: agency.id, link: link.reveal() });
    await request(visitor, REQUESTS / 2);
    const half = residentMb(api.pid);
    await request(visitor, REQUESTS / 2);
    const after = residentMb(api.pid);
    const met = idle.api <= 200 && idle.worker <= 180 && after <= 300 && after <= half * 1.1;
    return {
      must: met,
      goal: met,
      says: `api idle ${idle.api} MB, worker ${idle.worker} MB, api after ${REQUESTS / 2} requests ${half} MB, after ${REQUESTS} ${after} MB`,
      figures: { idle, half, after },
    };
  } finally {
    await cluster.stopProcesses();
  }
}

async function request(visitor, count) {
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const answer = await visitor.ask('GET', PATHS[left % PATHS.length]);
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`${PATHS[left % PATHS.length]} was answered ${answer.status}.`);
      }
    }),
  );
}
