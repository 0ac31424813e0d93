// The whole product in a process of its own, with the benches' sagas and a door for them. Does what its parent says.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { curtain, sagas, steps } from './bench-sagas.mjs';
import { built } from './built.mjs';

const { AppModule } = await built('backend/src/app.module.js');
const { closeApp } = await built('backend/src/boot/close-app.js');
const { ensureWayIn } = await built('backend/src/boot/first-start.js');
const { QueuePort } = await built('backend/src/engine/queue/queue.port.js');
const { RunsService, SagaRegistry } = await built('backend/src/engine/runs/index.js');
const { WorkerProcess } = await built('backend/src/engine/worker-process.js');
const { RealtimeGateway } = await built('backend/src/modules/realtime/realtime.gateway.js');
const { bufferedBytes } = await built('backend/src/modules/realtime/socket-viewer.js');
const { loadConfig } = await built('backend/src/platform/config/index.js');
const { Transaction } = await built('backend/src/platform/database/index.js');
const { createAdapter } = await built('backend/src/platform/http/adapter.js');
const { Allow, By, Returns } = await built('backend/src/platform/http/index.js');
const { setupApp } = await built('backend/src/platform/http/setup-app.js');
const { createLog, NestLog } = await built('backend/src/platform/logging/index.js');

const BATCH = 100;
const AskedFor = z.strictObject({ sentAt: z.number() });
const Accepted = z.object({ id: z.string() });

const begin = (tx, name, input) =>
  app.get(RunsService).begin(tx, sagas[name], {
    key: randomUUID(),
    input,
    title: name,
    lane: 'bench',
    createdBy: 'user:bench',
  });
const inTenant = (tenant, act) => app.get(Transaction).run(tenant, act);

/** Accepts a run as the product's own doors do: signed in, checked, written in one transaction, 202. */
class Door {
  beginRun({ tenant }, body) {
    return inTenant(tenant, (tx) => begin(tx, 'nothing', body));
  }
}
Controller('bench/runs')(Door);
const route = Object.getOwnPropertyDescriptor(Door.prototype, 'beginRun');
for (const decorate of [Post(), Allow('jobs.read'), Returns(202, Accepted)])
  decorate(Door.prototype, 'beginRun', route);
By()(Door.prototype, 'beginRun', 0);
Body({ schema: AskedFor })(Door.prototype, 'beginRun', 1);

class BenchSagas {
  constructor(registry) {
    for (const saga of Object.values(sagas)) registry.register(saga);
  }
}
Reflect.defineMetadata('design:paramtypes', [SagaRegistry], BenchSagas);

class Bench {}
const config = loadConfig(process.env);
const log = createLog(config.LOG_LEVEL);
Module({
  imports: [AppModule.forRoot(config, log)],
  controllers: [Door],
  providers: [BenchSagas, ...steps],
})(Bench);

const options = { abortOnError: false, logger: new NestLog(log) };
const listens = process.argv[2] === 'listening';
const app = listens
  ? await NestFactory.create(Bench, createAdapter(), { ...options, rawBody: true })
  : await NestFactory.createApplicationContext(Bench, options);
if (listens) {
  await setupApp(app);
  await app.listen(config.PORT, config.HOST);
}

let largestBuffer = 0;
const acts = {
  async wayIn() {
    const { agency, link } = await ensureWayIn(app, config);
    return { tenant: agency.id, link: link.reveal() };
  },
  async begin(tenant, name, count, input = {}) {
    const ids = [];
    for (let left = count; left > 0; left -= BATCH)
      await inTenant(tenant, async (tx) => {
        for (let each = 0; each < Math.min(BATCH, left); each++) ids.push((await begin(tx, name, input)).id);
      });
    return ids;
  },
  /** A nudge for each; not all in one turn, since each has its time-out. */
  async ring(runIds) {
    for (const [index, runId] of runIds.entries()) {
      app.get(QueuePort).nudge({ runId, fence: 1, lane: 'default' });
      if (index % BATCH === 0) await pause(5);
    }
    await pause(500);
  },
  work: () => app.get(WorkerProcess).start(),
  raiseCurtain: () => curtain.emit('up'),
  /** From now on, what is held for the slowest socket. */
  watchBuffers() {
    setInterval(() => {
      for (const socket of app.get(RealtimeGateway, { strict: false }).server.sockets.sockets.values())
        largestBuffer = Math.max(largestBuffer, bufferedBytes(socket));
    }, 20);
  },
  largestBuffer: () => largestBuffer,
  end: () => closeApp(app),
};
process.on('message', ({ id, act, args }) => {
  Promise.resolve(acts[act](...args)).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit(1));
process.send({ ready: true });
