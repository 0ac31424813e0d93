import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { built } from './built.mjs';
import { median, rounded } from './measuring.mjs';
import { photographer } from './pictures.mjs';
import { signIn } from './visitor.mjs';

export const name = '1,000 rows of a CSV, cluster, a worker killed and Redis flushed on the way';
export const must = '≥ 95 % of the safe budget, no 429, every row done exactly once';
export const goal = '≥ 97 %';
export const method =
  'Two api and four worker processes; the simulator counts as HighLevel does, 100 calls in any 10 s, so a slot may be used again after 10.45 s (D = 450 ms). Used: the time that 100 calls take at best, through the median time they took while the batch had rows to begin. HighLevel’s own books are the judge.';

const LIMIT = 100;
const WINDOW_MS = 10_000;
/** The rate budget's own default. */
const WITHIN_MS = 450;
const patience = { LOG_LEVEL: 'warn', REQUESTS_PER_MINUTE: '1000000', SNAPSHOT_POLL_MS: '2000' };

export async function run(stage, { pictures }) {
  const camera = pictures ? await photographer(pictures) : undefined;
  const seen = await bulk({ at: camera?.at }).finally(() => camera?.close());
  const { counts, used, refusedAt, calls, minutes, doubled } = seen;
  const refused = refusedAt.length;
  const whole = counts.done === counts.total && doubled === 0;
  return {
    must: used >= 0.95 && refused === 0 && whole,
    goal: used >= 0.97 && refused === 0 && whole,
    says: `${(100 * used).toFixed(1)} % of the safe budget, ${refused} refused, ${counts.done} of ${counts.total} done, ${doubled} made twice, ${calls} calls of the agency in ${minutes} min`,
    figures: seen,
  };
}

/** `at` is told of the moments ready, started, killed, flushed and finished, each with what a browser needs to look. */
export async function bulk({ rows = 1_000, at = async () => undefined } = {}) {
  const { Cluster } = await built('backend/src/boot/cluster/cluster.js');
  const { seedCluster } = await built('backend/src/boot/cluster/seed-cluster.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-bulk-'));
  // Postgres runs as another account when we are root, and must be able to enter.
  chmodSync(dataDir, 0o755);
  const cluster = await Cluster.start({
    dataDir,
    env: { PATH: process.env.PATH, ...patience },
    simulator: { speed: 20, rateLimit: { max: LIMIT, windowMs: WINDOW_MS, perDay: 200_000 } },
  });
  try {
    const { url } = cluster.apis[0];
    const way = await seedCluster(cluster.env, url);
    const visitor = await signIn(url, { link: way.link.reveal() });
    const must = async (method, path, body) => {
      const answer = await visitor.ask(method, path, body);
      if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    };
    await connect(must, visitor);
    const { id } = await must('POST', '/api/batches', { title: 'A thousand clients', csv: csvOf(rows) });
    const batch = () => must('GET', `/api/batches/${id}`);
    const when = async (holds) => {
      for (;;) {
        const now = await batch();
        if (holds(now)) return now;
        await pause(500);
      }
    };
    /** In seconds after the start. */
    const moments = {};
    let from = Date.now();
    const told = (moment, now) => {
      moments[moment] = secondsFrom(from, Date.now());
      return at(moment, { url, id, cookie: visitor.cookie, batch: now });
    };
    const ready = await when(({ state }) => state === 'ready');
    await told('ready', ready);
    from = Date.now();
    await must('POST', `/api/batches/${id}/start`, { planHash: ready.plan.planHash });
    const ended = ({ progress }) => progress?.ended ?? 0;
    await told('started', await when((now) => ended(now) >= rows * 0.05));

    await when((now) => ended(now) >= rows / 3);
    await cluster.workers[0].kill('SIGKILL');
    await told('killed', await batch());
    await pause(10_000);
    await cluster.workers[0].restart();

    await when((now) => ended(now) >= (2 * rows) / 3);
    const redis = new Redis(cluster.redis.url);
    await redis.flushall();
    redis.disconnect();
    await told('flushed', await batch());

    const begunUntil = when(({ counts }) => counts.queued === 0).then(() => Date.now());
    const finished = await when(({ state }) => state === 'finished');
    await told('finished', finished);
    const journal = await (await fetch(`${cluster.simulator.url}/__sim/journal`)).json();
    return {
      counts: finished.counts,
      moments,
      minutes: rounded((Date.now() - from) / 60_000, 1),
      ...judged(journal.entries, from, await begunUntil),
    };
  } finally {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function judged(journal, from, until) {
  const { resource } = journal.find(({ method, path }) => method === 'POST' && path === '/locations/');
  const ofAgency = journal.filter((entry) => entry.resource === resource && Date.parse(entry.at) >= from);
  const times = ofAgency.map(({ at }) => Date.parse(at)).filter((at) => at <= until);
  const cycles = times.slice(LIMIT).map((at, index) => at - times[index]);
  const made = journal.filter(
    ({ method, path, applied }) => method === 'POST' && path === '/locations/' && applied.length > 0,
  );
  const names = made.map(({ body }) => body.name);
  return {
    used: rounded((WINDOW_MS + WITHIN_MS) / Math.max(WINDOW_MS + WITHIN_MS, median(cycles)), 4),
    refusedAt: journal.filter(({ status }) => status === 429).map(({ at }) => secondsFrom(from, Date.parse(at))),
    calls: ofAgency.length,
    doubled: names.length - new Set(names).size,
  };
}

const secondsFrom = (from, at) => rounded((at - from) / 1_000, 1);

/** Gives the consent as a browser does, and waits until the library of snapshots is there. */
async function connect(must, visitor) {
  const { consentUrl } = await must('POST', '/api/connections/ghl');
  const page = await (await fetch(consentUrl)).text();
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const form = new URLSearchParams(hidden.map(([, field, value]) => [field, value.replaceAll('&#38;', '&')]));
  form.set('future', 'yes');
  form.set('decision', 'approve');
  const { origin, pathname: path } = new URL(consentUrl);
  const back = await fetch(origin + path, { method: 'POST', body: form, redirect: 'manual' });
  const { pathname, search } = new URL(back.headers.get('location'));
  await visitor.ask('GET', pathname + search);
  while ((await must('GET', '/api/snapshots')).items.length === 0) await pause(200);
}

const trades = ['dental practice', 'plumber', 'law firm', 'yoga studio', 'car repair'];

function csvOf(rows) {
  const lines = Array.from({ length: rows }, (_, n) => {
    const address = `${n}@client-${n}.example`;
    return `Client ${n},office.${address},+1512555${String(1_000 + n).slice(-4)},Austin,US,America/Chicago,${trades[n % 5]},recommend,https://client-${n}.example/book`;
  });
  return ['Business name,Email,Phone,City,Country,Time zone,Industry,Snapshot,value:Booking Link', ...lines].join('\n');
}
