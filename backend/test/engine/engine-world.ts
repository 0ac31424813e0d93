import { randomUUID } from 'node:crypto';
import { Global, Module, type ModuleMetadata } from '@nestjs/common';
import { RunDecisions, RunsService, RunViews } from '../../src/engine/runs/index.js';
import type { JobDetail, RunState } from '../../src/engine/runs/runs.schema.js';
import { asTenantId, type TenantId, Transaction, type Tx } from '../../src/platform/database/index.js';
import type { Principal } from '../../src/platform/http/index.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { letterSaga, LettersModule } from './letter.saga.js';
import { watchMoves } from './move-watch.js';
import { PostOffice } from './post-office.js';
import { type Process, startProcess } from './start-process.js';

export const by = { actor: 'user:test', name: 'Test' } as Principal;

/** Many stories wait for leases and settling; a busy machine makes them slow, not wrong. */
jest.setTimeout(20_000);

/** One database, one post office, one agency, and as many processes as the story needs. */
export class EngineWorld {
  readonly office = new PostOffice();
  readonly tenant: TenantId = asTenantId(randomUUID());
  readonly processes: Process[] = [];
  private moves: Awaited<ReturnType<typeof watchMoves>>;

  private constructor(readonly database: TestDatabase) {}

  static async begin(): Promise<EngineWorld> {
    const world = new EngineWorld(await createTestDatabase());
    world.moves = await watchMoves(world.database.ownerUrl, world.tenant);
    await world.addProcess();
    await world.in((tx) => tx.query('INSERT INTO agencies (id, name) VALUES ($1, $2)', [world.tenant, 'Post']));
    return world;
  }

  get views(): RunViews {
    return this.processes[0].app.get(RunViews);
  }
  get decisions(): RunDecisions {
    return this.processes[0].app.get(RunDecisions);
  }
  get runs(): RunsService {
    return this.processes[0].runs;
  }

  in<Result>(act: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.processes[0].app.get(Transaction).run(this.tenant, act);
  }

  async addProcess(
    variables: Record<string, string> = {},
    modules: ModuleMetadata['imports'] = [LettersModule],
  ): Promise<Process> {
    const office = this.office;
    @Global()
    @Module({ providers: [{ provide: PostOffice, useValue: office }], exports: [PostOffice] })
    class Town {}
    const started = await startProcess(this.database.appUrl, [Town, ...modules], variables);
    this.processes.push(started);
    return started;
  }

  async beginLetter(more: { key?: string; to?: string; exclusiveKey?: string } = {}): Promise<string> {
    const { key = randomUUID(), to = 'Ada', exclusiveKey } = more;
    const begun = await this.in((tx) =>
      this.runs.begin(tx, letterSaga, {
        key,
        input: { to },
        title: `Letter to ${to}`,
        lane: 'lane-1',
        createdBy: 'user:test',
        exclusiveKey,
      }),
    );
    return begun.id;
  }

  job = (id: string): Promise<JobDetail> => this.views.get(this.tenant, id);

  async until(id: string, holds: RunState | ((job: JobDetail) => boolean), withinMs = 10_000): Promise<JobDetail> {
    const end = Date.now() + withinMs;
    const wanted = typeof holds === 'function' ? holds : (job: JobDetail) => job.state === holds;
    for (;;) {
      const job = await this.job(id);
      if (wanted(job)) return job;
      if (Date.now() > end) {
        const { lines } = await this.views.log(this.tenant, id, { after: 0, limit: 500 });
        throw new Error(`The job is ${JSON.stringify(job, null, 1)}\n${lines.map((line) => line.message).join('\n')}`);
      }
      await pause(10);
    }
  }

  /** Messages of the run's log, oldest first. */
  async messages(id: string): Promise<string[]> {
    const { lines } = await this.views.log(this.tenant, id, { after: 0, limit: 5_000 });
    return lines.map((line) => line.message);
  }

  /** After each story: nothing moved in a way that the tables do not know, and no log has a gap. */
  check = () => this.moves.check();

  async end(): Promise<void> {
    for (const { worker, app } of this.processes) {
      await worker.stop();
      await app.close();
    }
    await this.moves.end();
    await this.database.drop();
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
