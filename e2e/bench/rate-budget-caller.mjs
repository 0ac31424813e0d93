// One process of the rate budget's bench: keeps calling a stand-in for HighLevel, in three resources with three window models.
import { setTimeout as pause } from 'node:timers/promises';
import http from 'node:http';
import { openBudget } from './rate-budget-parts.mjs';

const { redisUrl, port, endsAt, countedWithinMs, models, bulk, peoplePerSecond } = JSON.parse(process.argv[2]);
const { budget, ledger } = await openBudget(redisUrl, { countedWithinMs });
ledger.onModuleInit();
const agent = new http.Agent({ keepAlive: true });
const waits = [];
let late = 0;

const ask = (model) =>
  new Promise((resolve, reject) =>
    http
      .request({ port, host: '127.0.0.1', path: `/${model}`, agent }, (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode, headers: new Headers(answer.headers) }));
      })
      .on('error', reject)
      .end(),
  );

async function call(model, lane) {
  const from = performance.now();
  let lease = await budget.acquire(model, { lane });
  for (; lease.isLate(); lease = await budget.acquire(model, { lane })) {
    late++;
    lease.giveBack();
  }
  if (lane === 'priority') waits.push(performance.now() - from);
  lease.settle(await ask(model).catch(() => undefined));
}

const running = models.flatMap((model) => [
  ...Array.from({ length: bulk }, async () => {
    while (Date.now() < endsAt) await call(model, 'bulk');
  }),
  (async () => {
    for (;;) {
      await pause((-Math.log(1 - Math.random()) * 1_000) / (peoplePerSecond || 1e-9));
      if (Date.now() > endsAt) return;
      void call(model, 'priority');
    }
  })(),
]);
await Promise.race([Promise.all(running), pause(Math.max(0, endsAt - Date.now()) + 500)]);
process.send({ waits, late }, () => process.exit(0));
