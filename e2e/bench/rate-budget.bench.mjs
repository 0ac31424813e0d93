// HighLevel's rate budget for real: processes that share it in Redis, against a stand-in that counts in three ways.
//   node e2e/bench/rate-budget.bench.mjs [--secs=105] [--procs=4] [--within=250] [--people=0.25] [--rounds=2000]
// Needs a build (`npm run build`; SERVER_DIST names another one) and redis-server. One process is killed in the middle.
// Exits 1 when less than 95 % of the budget is used, a call is refused, or people wait.
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { built, median, percentile } from './bench-tools.mjs';
import { openBudget } from './rate-budget-parts.mjs';

const LIMIT = 100;
const WINDOW_MS = 10_000;
const MODELS = ['fixed', 'first-request', 'sliding'];
const MUST = { used: 0.95, peopleP95Ms: 1_000, acquireMs: 1 };

const round = (value, digits) => Number(value.toFixed(digits));

/** A private redis-server while `act` runs. */
async function withRedis(act) {
  const { RedisServer } = await built('backend/src/platform/redis/redis-server.js');
  const home = mkdtempSync(join(tmpdir(), 'rate-budget-bench-'));
  const redis = await RedisServer.start(home);
  try {
    return await act(redis);
  } finally {
    await redis.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The stand-in: 10 to 50 ms to get there, sometimes 150; 0.2 to 0.6 s of work; no time of reset in its headers. */
async function startStandIn() {
  const { SimRate } = await built('backend/src/integrations/ghl/simulator/rate.js');
  const phase = Math.random() * WINDOW_MS;
  const books = Object.fromEntries(
    MODELS.map((model) => {
      const limits = { max: LIMIT, windowMs: WINDOW_MS, perDay: 200_000, model };
      return [model, { rate: new SimRate(limits), counted: [], refused: 0 }];
    }),
  );
  const server = http.createServer(async (incoming, outgoing) => {
    await pause(10 + 40 * Math.random() + (Math.random() > 0.95 ? 100 * Math.random() : 0));
    const book = books[incoming.url.slice(1)];
    const now = performance.now();
    const { allowed, headers } = book.rate.spend('r', now + phase);
    if (allowed) book.counted.push(now);
    else book.refused++;
    if (allowed) await pause(200 + 400 * Math.random());
    outgoing.writeHead(allowed ? 200 : 429, headers).end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { books, port: server.address().port, stop: () => server.close() && server.closeAllConnections() };
}

/** Utilisation, refusals and what people waited, with every process calling as often as it may. */
export async function measureSharing({ secs = 105, procs = 4, within = 250, people = 0.25 } = {}) {
  return withRedis(async (redis) => {
    const standIn = await startStandIn();
    const endsAt = Date.now() + secs * 1_000;
    const task = {
      ...{ redisUrl: redis.url, port: standIn.port, endsAt, countedWithinMs: within, models: MODELS },
      ...{ bulk: 8, peoplePerSecond: people },
    };
    const caller = fileURLToPath(new URL('./rate-budget-caller.mjs', import.meta.url));
    const said = [];
    const children = Array.from({ length: procs }, () => {
      const child = fork(caller, [JSON.stringify(task)], { stdio: 'inherit' });
      child.on('message', (message) => said.push(message));
      return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
    });
    const killing = setTimeout(() => children[0].child.kill('SIGKILL'), (secs * 1_000) / 2);
    await Promise.all(children.map(({ ended }) => ended));
    clearTimeout(killing);
    standIn.stop();
    const waits = said.flatMap((each) => each.waits);
    return {
      models: MODELS.map((model) => {
        const { counted, refused } = standIn.books[model];
        const cycles = counted.slice(LIMIT).map((at, index) => at - counted[index]);
        const shortest = Math.round(Math.min(...cycles));
        return { model, used: round(WINDOW_MS / median(cycles), 4), refused, calls: counted.length, shortest };
      }),
      atMost: round(WINDOW_MS / (WINDOW_MS + within), 4),
      people: waits.length > 0 ? { n: waits.length, ...percentiles(waits) } : undefined,
      givenBackLate: said.reduce((sum, each) => sum + each.late, 0),
    };
  });
}

const percentiles = (ms) => ({ p50: Math.round(percentile(ms, 0.5)), p95: Math.round(percentile(ms, 0.95)) });

/** What a slot costs: one asked for and given back, in a resource that has most slots in use, among so many resources. */
export async function measureAcquire({ resources, rounds = 2_000 }) {
  return withRedis(async (redis) => {
    const { budget, ledger, redis: connection } = await openBudget(redis.url, { gatherMs: 0 });
    await ledger.beat();
    const names = Array.from({ length: resources }, (_, index) => `app/location-${index}`);
    const answer = { status: 200, headers: new Headers({ 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '99' }) };
    const take = (name) => budget.acquire(name, { lane: 'priority' });
    for (const name of names) (await take(name)).settle(answer);
    const inUse = Math.max(1, Math.floor(80 / Math.sqrt(resources)));
    for (const name of names) for (let each = 0; each < inUse; each++) await take(name);
    const spent = cpuOf(redis.pid);
    const ms = [];
    for (let each = 0; each < rounds; each++) {
      const from = performance.now();
      const lease = await take(names[each % resources]);
      ms.push(performance.now() - from);
      lease.giveBack();
    }
    await pause(50); // the last one is still being given back
    const cpu = spent();
    connection.disconnect();
    return {
      resources,
      p50Us: Math.round(percentile(ms, 0.5) * 1_000),
      p99Us: Math.round(percentile(ms, 0.99) * 1_000),
      cpuUs: { node: Math.round(cpu.node / rounds), redis: Math.round(cpu.redis / rounds) },
    };
  });
}

/** CPU microseconds of this process and of Redis since the call. */
function cpuOf(pid) {
  const ofRedis = () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  };
  const before = { node: process.cpuUsage(), redis: ofRedis() };
  return () => {
    const { user, system } = process.cpuUsage(before.node);
    return { node: user + system, redis: ofRedis() - before.redis };
  };
}

export function missedBy({ sharing, acquire }) {
  return [
    ...sharing.models.flatMap(({ model, used, refused }) => [
      used < MUST.used && `windows of the model ${model}: ${used} of the budget is used; ${MUST.used} must be`,
      refused > 0 && `windows of the model ${model}: ${refused} calls were refused`,
    ]),
    sharing.people?.p95 > MUST.peopleP95Ms && `people wait ${sharing.people.p95} ms (p95)`,
    ...acquire.map(
      ({ resources, p50Us }) =>
        p50Us > MUST.acquireMs * 1_000 && `a slot costs ${p50Us} us with ${resources} resources`,
    ),
  ].filter(Boolean);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = (value) => ({ type: 'string', default: value });
  const { values } = parseArgs({
    options: { secs: text('105'), procs: text('4'), within: text('250'), people: text('0.25'), rounds: text('2000') },
  });
  const { rounds, ...options } = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number(value)]),
  );
  const acquire = [await measureAcquire({ resources: 1, rounds }), await measureAcquire({ resources: 1_000, rounds })];
  const sharing = await measureSharing(options);
  for (const each of sharing.models) console.log(JSON.stringify(each));
  const missed = missedBy({ sharing, acquire });
  const { people, givenBackLate, atMost } = sharing;
  console.log(JSON.stringify({ ...options, atMost, people, givenBackLate, acquire, missed }));
  process.exitCode = missed.length > 0 ? 1 : 0;
}
