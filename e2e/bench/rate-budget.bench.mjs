import { fork } from 'node:child_process';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { built } from './built.mjs';
import { cpuMeter, median, percentile, perOperation, quiet, rounded } from './measuring.mjs';
import { openBudget } from './rate-budget-parts.mjs';

export const name = "HighLevel's rate budget: 4 processes, one killed, three window models, 105 s";
export const must = '≥ 95 % of the budget, no 429; people wait ≤ 1 s (p95); a slot ≤ 1 ms with 1,000 resources';
export const goal = '≥ 97 %';
export const method =
  'Four processes share the budget in Redis (D = 250 ms) and call a stand-in as often as they may, in three resources whose windows it cuts in three ways; one is killed in the middle. Used: the window through the median time from call n to call n + 100. People: one call every four seconds in each process and resource, between the bulk.';

const LIMIT = 100;
const WINDOW_MS = 10_000;
const MODELS = ['fixed', 'first-request', 'sliding'];

export async function run(stage) {
  const { redis } = stage.cluster;
  const elsewhere = await quiet();
  const acquire = [await measureAcquire(redis, { resources: 1 }), await measureAcquire(redis, { resources: 1_000 })];
  const sharing = await measureSharing(redis);
  const used = Math.min(...sharing.models.map((model) => model.used));
  const refused = sharing.models.reduce((sum, model) => sum + model.refused, 0);
  const { people, atMost } = sharing;
  const many = acquire[1];
  return {
    must: used >= 0.95 && refused === 0 && people.p95 <= 1_000 && many.p50Us <= 1_000,
    goal: used >= 0.97 && refused === 0,
    says: `${(100 * used).toFixed(1)} % used (of ${(100 * atMost).toFixed(1)} % that are safe), ${refused} refused, people wait ${people.p95} ms (p95), a slot ${many.p50Us} µs`,
    figures: { used, refused, ...sharing, acquire, elsewhere },
  };
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
export async function measureSharing(redis, { secs = 105, procs = 4, within = 250, people = 0.25 } = {}) {
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
      return { model, used: rounded(WINDOW_MS / median(cycles), 4), refused, calls: counted.length, shortest };
    }),
    atMost: rounded(WINDOW_MS / (WINDOW_MS + within), 4),
    people: waits.length > 0 ? { n: waits.length, ...percentiles(waits) } : undefined,
    givenBackLate: said.reduce((sum, each) => sum + each.late, 0),
  };
}

const percentiles = (ms) => ({ p50: Math.round(percentile(ms, 0.5)), p95: Math.round(percentile(ms, 0.95)) });

/** What a slot costs: one asked for and given back, in a resource that has most slots in use, among so many resources. */
export async function measureAcquire(redis, { resources, rounds = 2_000 }) {
  const { budget, ledger, redis: connection } = await openBudget(redis.url, { gatherMs: 0 });
  await ledger.beat();
  const names = Array.from({ length: resources }, (_, index) => `app/location-${index}`);
  const answer = { status: 200, headers: new Headers({ 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '99' }) };
  const take = (name) => budget.acquire(name, { lane: 'priority' });
  for (const name of names) (await take(name)).settle(answer);
  const inUse = Math.max(1, Math.floor(80 / Math.sqrt(resources)));
  for (const name of names) for (let each = 0; each < inUse; each++) await take(name);
  const measured = cpuMeter({ node: [process.pid], redis: redis.pid });
  const ms = [];
  for (let each = 0; each < rounds; each++) {
    const from = performance.now();
    const lease = await take(names[each % resources]);
    ms.push(performance.now() - from);
    lease.giveBack();
  }
  await pause(50); // the last one is still being given back
  const { node, redis: ofRedis } = perOperation(measured(), rounds);
  connection.disconnect();
  return {
    resources,
    p50Us: Math.round(percentile(ms, 0.5) * 1_000),
    p99Us: Math.round(percentile(ms, 0.99) * 1_000),
    cpuUs: { node, redis: ofRedis },
  };
}
