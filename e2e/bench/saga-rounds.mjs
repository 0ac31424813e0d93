// One measured round of the product, in a process of its own: `throughput` or `latency`. Prints one line of JSON.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { built, cpuMeter, percentile } from './bench-tools.mjs';

const { AuditTrail, Transaction } = await built('backend/src/platform/database/index.js');
const { EngineModule } = await built('backend/src/engine/engine.module.js');
const { done, RunsService, saga, SagaRegistry } = await built('backend/src/engine/runs/index.js');
const { WorkerProcess } = await built('backend/src/engine/worker-process.js');
const { PlatformModule } = await built('backend/src/platform/platform.module.js');
const { loadConfig } = await built('backend/src/platform/config/index.js');

const {
  positionals: [mode],
  values: options,
} = parseArgs({
  allowPositionals: true,
  options: { n: { type: 'string' }, conc: { type: 'string' }, rate: { type: 'string', default: '20' } },
});
const n = Number(options.n);
const STEPS = 6;
const answer = {
  ok: true,
  ref: 'loc_0123456789',
  ms: 12,
  msg: 'step finished: sub-account created and snapshot applied',
};

const steps = Array.from(
  { length: STEPS },
  (_, index) =>
    class NoOp {
      static step = `no-op-${index + 1}`;
      static title = 'Nothing';
      static repeat = 'on-evidence';
      run = async () => done(answer);
      reconcile = async () => ({ kind: 'none' });
    },
);
const noOps = saga('no-op', { version: 1, input: z.object({ name: z.string() }), steps });
const silentAudit = { provide: AuditTrail, useValue: { record: async () => undefined } };

class Bench {}
Global()(Bench);
Module({
  imports: [PlatformModule.forRoot(loadConfig(process.env)), EngineModule.forRoot()],
  providers: [silentAudit, ...steps],
  exports: [AuditTrail],
})(Bench);

const app = await NestFactory.createApplicationContext(Bench, { logger: ['error'], abortOnError: false });
app.get(SagaRegistry).register(noOps);
app.get(SagaRegistry).onApplicationBootstrap();
const transaction = app.get(Transaction);
const runs = app.get(RunsService);
const worker = app.get(WorkerProcess);
const tenant = randomUUID();
const inTenant = (act) => transaction.run(tenant, act);
const begin = (tx) =>
  runs.begin(tx, noOps, { key: randomUUID(), input: { name: 'x' }, title: 'x', lane: 'x', createdBy: 'user:bench' });
await inTenant((tx) => tx.query('INSERT INTO agencies (id, name) VALUES ($1, $2)', [tenant, 'Bench']));

const measure = { throughput, latency }[mode];
console.log(JSON.stringify(await measure()));
await worker.stop();
await app.close();
process.exit(0);

async function throughput() {
  for (let left = n; left > 0; left -= 100)
    await inTenant(async (tx) => {
      for (let each = 0; each < Math.min(100, left); each++) await begin(tx);
    });
  const cpu = cpuMeter(process.env.PG_PIDFILE);
  const from = performance.now();
  await worker.start();
  await allDone();
  const seconds = (performance.now() - from) / 1_000;
  const [{ steps_done }] = await inTenant((tx) =>
    tx.query(
      "SELECT count(*)::int AS steps_done FROM run_steps WHERE agency_id = $1 AND state = 'done' AND issue_count = 1",
      [tenant],
    ),
  );
  if (steps_done !== n * STEPS) throw new Error(`${steps_done} of ${n * STEPS} steps were done once.`);
  return { n, steps_ps: Math.round((n * STEPS) / seconds), us_per_run: cpu(n) };
}

async function latency() {
  await worker.start();
  const apart = 1_000 / Number(options.rate);
  const from = performance.now();
  const begun = [];
  for (let each = 0; each < n; each++) {
    await pause(Math.max(0, from + each * apart - performance.now()));
    begun.push(inTenant(begin));
  }
  await Promise.all(begun);
  await allDone();
  const rows = await inTenant((tx) =>
    tx.query(
      `SELECT extract(epoch FROM s.intent_at - r.created_at)::float8 * 1000 AS ms FROM runs r
       JOIN run_steps s ON s.agency_id = r.agency_id AND s.run_id = r.id AND s.ordinal = 1 WHERE r.agency_id = $1`,
      [tenant],
    ),
  );
  const ms = rows.map((row) => row.ms);
  const round = (value) => Number(value.toFixed(1));
  return {
    n: ms.length,
    p50: round(percentile(ms, 0.5)),
    p99: round(percentile(ms, 0.99)),
    max: round(Math.max(...ms)),
  };
}

async function allDone() {
  for (;;) {
    const [{ left }] = await inTenant((tx) =>
      tx.query("SELECT count(*)::int AS left FROM runs WHERE agency_id = $1 AND state IN ('ready','running')", [
        tenant,
      ]),
    );
    if (left === 0) return;
    await pause(25);
  }
}
