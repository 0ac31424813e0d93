import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { EngineWorld, pause } from '../../../test/engine/engine-world.js';
import { type Process, startProcess } from '../../../test/engine/start-process.js';
import { done, saga, SagaRegistry, type Step, type StepContext } from './index.js';

const Input = z.object({ progress: z.boolean() });
type Ctx = StepContext<z.output<typeof Input>>;
const seen = { calls: 0, signalled: 0 };

/** Forty calls of 50 ms each: far longer than an attempt may last. Goes on where it was, if it says how far it is. */
@Injectable()
class ManyCalls implements Step<z.output<typeof Input>, unknown> {
  static readonly step = 'many-calls';
  static readonly title = 'Many calls';
  static readonly repeat = 'at-once';
  async run(ctx: Ctx) {
    ctx.timeIsUp.addEventListener('abort', () => seen.signalled++, { once: true });
    for (let n = (ctx.noted['made'] as number | undefined) ?? 0; n < 40; n++) {
      await ctx.call(() => pause(50));
      seen.calls++;
      if (!ctx.input.progress) continue;
      await ctx.note({ made: n + 1 });
      await ctx.progress(n + 1, 40);
    }
    return done({});
  }
}
const hangsForMs = 9_000;
let hangs = 0;
/** Waits for something that never comes, and for no signal. */
@Injectable()
class Hangs implements Step<z.output<typeof Input>, unknown> {
  static readonly step = 'hangs';
  static readonly title = 'Hangs';
  static readonly repeat = 'at-once';
  async run(ctx: Ctx) {
    if (hangs-- > 0) {
      await pause(hangsForMs);
      // Long after the run has another holder.
      await ctx.note({ zombie: true }).catch(() => undefined);
    }
    return done({});
  }
}
const longSaga = saga('long', { version: 1, input: Input, steps: [ManyCalls] });
const hangingSaga = saga('hanging', { version: 1, input: Input, steps: [Hangs] });

@Module({ providers: [ManyCalls, Hangs] })
class LongModule implements OnModuleInit {
  constructor(private readonly registry: SagaRegistry) {}
  onModuleInit(): void {
    this.registry.register(longSaga);
    this.registry.register(hangingSaga);
  }
}

/** An attempt to carry a run does not last for ever. */
describe('limits on time', () => {
  let world: EngineWorld;
  let process: Process;
  const limits = {
    RUN_SOFT_LIMIT: '700ms',
    RUN_HARD_LIMIT: '1400ms',
    WORKER_CONCURRENCY: '1',
    CALL_DEADLINE_MS: '5000',
  };

  beforeAll(async () => {
    world = await EngineWorld.begin();
    process = await startProcess(world.database.appUrl, [LongModule], limits);
    world.processes.push(process);
    await process.worker.start();
  });
  afterAll(() => world.end());

  const begin = (which: typeof longSaga, key: string, progress = true) =>
    world.in(async (tx) => {
      const run = { key, input: { progress }, title: key, lane: 'lane-1', createdBy: 'user:test' };
      return (await process.runs.begin(tx, which, run)).id;
    });
  const until = async (id: string, state: string, withinMs = 20_000) => {
    for (const end = Date.now() + withinMs; ; await pause(30)) {
      const [run] = await world.in((tx) =>
        tx.query<{ state: string; attempts: number; attention: { code: string } | null }>(
          'SELECT state, attempts, attention FROM runs WHERE agency_id = $1 AND id = $2',
          [world.tenant, id],
        ),
      );
      if (run.state === state) return run;
      if (Date.now() > end) throw new Error(`${JSON.stringify(run)}\n${(await world.messages(id)).join('\n')}`);
    }
  };

  it('soft: the step hears of it and starts no further call; the run is handed back and goes on', async () => {
    const id = await begin(longSaga, 'long');
    const run = await until(id, 'done');
    expect(run.attempts).toBeGreaterThanOrEqual(3);
    expect(seen.signalled).toBe(run.attempts - 1);
    expect(seen.calls).toBe(40);
    const handedBack = (await world.messages(id)).filter((line) => line.startsWith('Handed back'));
    expect(handedBack).toHaveLength(run.attempts - 1);
  });

  it('soft, again and again without any progress: a person looks at it', async () => {
    const id = await begin(longSaga, 'endless', false);
    const run = await until(id, 'needs-human');
    expect(run).toMatchObject({ attempts: 6, attention: { code: 'no-progress' } });
  });

  it('hard: lets go of a step that hears nothing; its place is free, and what it writes later is refused', async () => {
    hangs = 1;
    const begun = performance.now();
    const id = await begin(hangingSaga, 'hangs');
    const run = await until(id, 'done', hangsForMs - 500);
    expect(run.attempts).toBe(2);
    await pause(hangsForMs + 500 - (performance.now() - begun));
    const noted = await world.in((tx) =>
      tx.query("SELECT 1 FROM run_steps WHERE agency_id = $1 AND evidence ? 'zombie'", [world.tenant]),
    );
    expect(noted).toEqual([]);
    expect(process.logged).toContainEqual(
      expect.objectContaining({ message: 'A run was let go: its attempt reached the hard limit', runId: id }),
    );
  });

  it('hard: what a call may have done is looked for by the next holder', async () => {
    await process.worker.stop();
    const post = await world.addProcess({ ...limits, CALL_DEADLINE_MS: '4000' });
    world.office.before('post', async () => pause(3_000));
    await post.worker.start();
    const id = await world.beginLetter();
    const job = await world.until(id, 'done', 30_000);
    expect(job.steps[1]).toMatchObject({ state: 'done', via: 'search', issueCount: 1 });
    expect(world.office.lettersOf('post')).toHaveLength(1);
  }, 40_000);
});
