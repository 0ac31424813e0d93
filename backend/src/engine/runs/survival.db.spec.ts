import { RunExecutor } from './run-executor.js';
import { type Claim, RunStore } from './run-store.js';
import { SagaRegistry } from './saga-registry.js';
import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';

/** What happens when holders die, freeze, or are many. */
describe('survival of a run', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await EngineWorld.begin();
  });
  afterEach(async () => {
    await Promise.all(world.processes.map(({ worker }) => worker.stop()));
    await world.check();
    world.office.forget();
  });
  afterAll(() => world.end());

  const endLease = (id: string) =>
    world.in((tx) => tx.query(`UPDATE runs SET lease_until = now() - interval '1 s' WHERE id = $1`, [id]));
  const claimByAnother = async (count = 1) => {
    const { app } = world.processes[0];
    return app.get(RunStore).claim('another', app.get(SagaRegistry).definitions(), 60_000, { any: count, reserved: 0 });
  };

  /** The first steps of the run are done, as a holder would have left them. */
  const finish = async (claim: Claim, count: number) => {
    const store = world.processes[0].app.get(RunStore);
    for (const state of ['intent', 'done'] as const)
      await store.save(claim, {
        steps: Array.from({ length: count }, (_, index) => ({ ordinal: index + 1, state, issue_count: 1, output: {} })),
      });
  };

  it('a holder whose lease was taken writes nothing and starts no call; the successor finds what it made', async () => {
    let id = '';
    let linesAtTheft: string[] = [];
    world.office.before('post', async () => {
      await endLease(id);
      expect(await claimByAnother()).toHaveLength(1);
      linesAtTheft = await world.messages(id);
    });
    id = await world.beginLetter();
    await world.processes[0].worker.start();
    await world.until(id, () => world.office.lettersOf('post').length === 1);
    await pause(300);
    expect(await world.messages(id)).toEqual(linesAtTheft);
    expect(world.office.callsOf('file-copy')).toEqual([]);
    await endLease(id);
    const job = await world.until(id, 'done');
    expect(job.steps[1]).toMatchObject({ via: 'search', issueCount: 1 });
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('a successor adopts at once what it finds, but believes an absence only after the last deadline', async () => {
    const [found, lost] = [await world.beginLetter(), await world.beginLetter()];
    const store = world.processes[0].app.get(RunStore);
    for (const claim of await claimByAnother(2)) {
      const { steps } = claim.run;
      await finish(claim, 1);
      await store.save(claim, { steps: [{ ordinal: 2, state: 'intent', issue_count: 1, deadline_in_ms: 500 }] });
      if (claim.runId === found) world.office.letters.push({ marker: steps[1].marker, step: 'post', fromCall: 0 });
      await endLease(claim.runId);
    }
    const begun = performance.now();
    await world.processes[0].worker.start();
    await world.until(found, 'done');
    expect(performance.now() - begun).toBeLessThan(400);
    await world.until(lost, 'done');
    const [posted, ...more] = world.office.callsOf('post');
    expect(more).toEqual([]);
    expect(posted.at - begun).toBeGreaterThan(600);
  });

  it('started five times without getting further: set aside for a person, whose retry goes on', async () => {
    const id = await world.beginLetter();
    for (let times = 1; times <= 5; times++) {
      expect(await claimByAnother()).toHaveLength(1);
      await endLease(id);
    }
    await world.processes[0].worker.start();
    expect((await world.until(id, 'needs-human')).attention).toMatchObject({ code: 'no-progress' });
    expect(world.office.calls).toEqual([]);
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done');
  });

  it('a process that loses its lease six times and lives is slow, not killed: its run is not set aside', async () => {
    const { worker } = world.processes[0];
    let id = '';
    let losses = 0;
    const loseIt = async () => {
      await endLease(id);
      if (++losses < 6) world.office.before('find-address', loseIt);
      await pause(300);
    };
    world.office.before('find-address', loseIt);
    id = await world.beginLetter();
    await worker.start();
    await world.until(id, 'done');
    expect(losses).toBe(6);
  });

  it('what two holders died with is taken alone: nothing is begun beside it until it got further', async () => {
    const ids = [await world.beginLetter(), await world.beginLetter()];
    for (let death = 0; death < 2; death++) {
      expect(await claimByAnother(2)).toHaveLength(2);
      for (const id of ids) await endLease(id);
    }
    ids.push(await world.beginLetter());
    let begun = 0;
    world.office.before('find-address', async () => {
      await pause(220); // longer than the worker takes to look again
      begun = world.office.callsOf('find-address').length;
    });
    await world.processes[0].worker.start();
    for (const id of ids) await world.until(id, 'done');
    expect(begun).toBe(1);
  });

  /**
   * Dies in the middle of the third step so many times at the most; each time a successor finds it and waits for its
   * outcome. Returns the death after which it was set aside instead.
   */
  async function dieAndWait(id: string, deaths: number): Promise<number | undefined> {
    const { app } = world.processes[0];
    const alive = {
      signal: new AbortController().signal,
      proveLease: async () => undefined,
      draining: () => false,
      makeRoom: () => undefined,
      gotFurther: () => undefined,
      timeIsUp: new AbortController().signal,
    };
    for (let death = 0; death < deaths; death++) {
      const [claim] = await claimByAnother();
      if (death === 0) await finish(claim, 2);
      const lost = { ordinal: 3, state: 'intent', issue_count: 1, deadline_in_ms: 0 } as const;
      await app.get(RunStore).save(claim, { steps: [lost] });
      await endLease(id);
      const [successor] = await claimByAnother();
      const { againInMs } = await app.get(RunExecutor).execute(successor, alive);
      const { state, waitingFor } = await world.job(id);
      if (state === 'needs-human') return death + 1;
      expect(waitingFor).toBe('settle');
      await pause(againInMs! + 10);
    }
    return undefined;
  }

  it('a step that kills its process each time is set aside too, although each successor waits for it to settle', async () => {
    const id = await world.beginLetter();
    expect(await dieAndWait(id, 10)).toBe(5);
    expect((await world.job(id)).attention).toMatchObject({ code: 'no-progress' });
  });

  it('killed by somebody else three times in one step: the waits count for nothing, and it goes on', async () => {
    const id = await world.beginLetter();
    expect(await dieAndWait(id, 3)).toBeUndefined();
    await world.processes[0].worker.start();
    await world.until(id, 'done');
  });

  it('undoing that was interrupted goes on where it was', async () => {
    world.office.script('undo:post', 'hang');
    const { worker } = world.processes[0];
    await worker.start();
    const id = await world.beginLetter();
    await world.until(id, 'done');
    await world.decisions.undo(world.tenant, by, id, 'Letter to Ada');
    await world.until(id, () => world.office.callsOf('undo:post').length === 1);
    await endLease(id);
    await world.until(id, 'undone');
    expect(world.office.callsOf('undo:file-copy')).toHaveLength(1);
    expect(world.office.lettersOf('post')).toEqual([]);
  });

  it('a stopping worker ends the step in hand, hands the run back, and is gone within the drain time', async () => {
    world.office.before('post', () => pause(150));
    const { worker } = world.processes[0];
    await worker.start();
    const id = await world.beginLetter();
    await world.until(id, () => world.office.callsOf('post').length === 1);
    const stopping = performance.now();
    await worker.stop();
    expect(performance.now() - stopping).toBeLessThan(1_000);
    const job = await world.job(id);
    expect(job.state).toBe('ready');
    expect(job.steps.map((step) => step.state)).toEqual(['done', 'done', 'planned']);
    await worker.start();
    await world.until(id, 'done');
    expect(world.office.callsOf('post')).toHaveLength(1);
  });

  it('a step that does not end within the drain time is left to a successor, who looks for it', async () => {
    const slow = await world.addProcess({ CALL_DEADLINE_MS: '1500', DRAIN_MS: '200' });
    world.office.script('post', 'hang');
    await slow.worker.start();
    const id = await world.beginLetter();
    await world.until(id, () => world.office.callsOf('post').length === 1);
    const stopping = performance.now();
    await slow.worker.stop();
    expect(performance.now() - stopping).toBeLessThan(1_400);
    await world.processes[0].worker.start();
    const job = await world.until(id, 'done', 8_000);
    expect(job.steps[1].issueCount).toBe(2);
  });

  it('two workers share two hundred runs, and every effect is made once', async () => {
    const two = [await world.addProcess({ LEASE_MS: '5000' }), await world.addProcess({ LEASE_MS: '5000' })];
    const ids = await Promise.all(Array.from({ length: 200 }, () => world.beginLetter()));
    await Promise.all(two.map(({ worker }) => worker.start()));
    for (const id of ids) await world.until(id, 'done');
    const markers = world.office.letters.map((letter) => letter.marker);
    expect(markers).toHaveLength(600);
    expect(new Set(markers).size).toBe(600);
    const owners = await world.in((tx) =>
      tx.query<{ attempts: number }>('SELECT max(attempts)::int AS attempts FROM runs WHERE id = ANY ($1)', [ids]),
    );
    expect(owners).toEqual([{ attempts: 1 }]);
  });
});
