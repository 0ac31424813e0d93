import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';
import { AppError, breakerOpen, type ErrorKind, errorKinds } from '../../platform/errors/index.js';
import { RunExecutor } from './run-executor.js';
import { RunStore } from './run-store.js';
import { SagaRegistry } from './saga-registry.js';

jest.setTimeout(60_000);

/** What the engine does next: the run's state, what it waits for, and the state of the step. */
type Next = readonly [run: string, waitingFor: string | null, step: string];
interface Row {
  /** Thrown by a step whose effect must not be asked for twice. */
  effect: Next;
  /** By a step that only reads. */
  read: Next;
  /** While looking for a lost call. */
  look: Next;
  /** While taking back. */
  undo: Next;
}

const stops: Row = {
  effect: ['failed', null, 'rejected'],
  read: ['failed', null, 'rejected'],
  look: ['needs-human', null, 'needs-human'],
  undo: ['needs-human', null, 'undoing'],
};
const waitsFor = (what: string): Row => ({
  effect: ['waiting', what, 'planned'],
  read: ['waiting', what, 'planned'],
  look: ['waiting', what, 'unknown'],
  undo: ['waiting', what, 'undoing'],
});

/** Every kind of error, and what is not one of ours. A new kind does not compile before it has a row. */
const table: Record<ErrorKind | 'breaker-open' | 'unforeseen', Row> = {
  validation: stops,
  unauthenticated: stops,
  forbidden: stops,
  'not-found': stops,
  conflict: stops,
  gone: stops,
  'too-large': stops,
  'unsupported-type': stops,
  'key-reused': stops,
  bug: stops,
  'rate-limited': waitsFor('rate-budget'),
  auth: waitsFor('connection'),
  transient: waitsFor('retry'),
  'breaker-open': waitsFor('breaker'),
  // Only an effect can be unknown: what reads, looks or takes back is simply done again.
  'unknown-outcome': { ...waitsFor('retry'), effect: ['waiting', 'settle', 'unknown'] },
  unforeseen: { ...stops, effect: ['waiting', 'settle', 'unknown'] },
};
const thrownAs = (kind: string): unknown =>
  kind === 'unforeseen'
    ? new TypeError('x is undefined')
    : kind === 'breaker-open'
      ? breakerOpen('Held back.', { retryAfterMs: 60_000 })
      : new AppError(kind as ErrorKind, `code-${kind}`, 'It happened.', { retryAfterMs: 60_000 });

describe('the classes of errors', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await EngineWorld.begin();
  });
  beforeEach(() => world.office.forget());
  afterEach(() => world.check());
  afterAll(() => world.end());

  const alive = {
    signal: new AbortController().signal,
    timeIsUp: new AbortController().signal,
    proveLease: async () => undefined,
    draining: () => false,
    makeRoom: () => undefined,
    gotFurther: () => undefined,
  };
  /** One claim, carried as far as it goes. */
  async function carry(id: string): Promise<void> {
    const { app } = world.processes[0];
    const definitions = app.get(SagaRegistry).definitions();
    for (let tries = 0; ; tries++) {
      const claims = await app.get(RunStore).claim('table', definitions, 60_000, { any: 1, reserved: 0 });
      for (const claim of claims) await app.get(RunExecutor).execute(claim, alive);
      if (claims.some(({ runId }) => runId === id)) return;
      if (tries > 100) throw new Error(`${id} does not become due`);
      await pause(20);
    }
  }
  const stepNow = async (id: string, ordinal: number) => {
    const job = await world.job(id);
    return { next: [job.state, job.waitingFor, job.steps[ordinal - 1].state], job };
  };
  const ledger = async (id: string, ordinal: number) =>
    (
      await world.in((tx) =>
        tx.query<{ retries: number; issue_count: number }>(
          'SELECT retries, issue_count FROM run_steps WHERE agency_id = $1 AND run_id = $2 AND ordinal = $3',
          [world.tenant, id, ordinal],
        ),
      )
    )[0];
  /** Nothing of this case may come due in the next one. */
  const putAway = (id: string) =>
    world.in((tx) =>
      tx.query(`UPDATE runs SET run_at = 'infinity' WHERE agency_id = $1 AND id = $2`, [world.tenant, id]),
    );

  it('has a row for every kind', () => {
    expect(Object.keys(table).toSorted()).toEqual(
      [...Object.keys(errorKinds), 'breaker-open', 'unforeseen'].toSorted(),
    );
  });

  it.each(Object.entries(table))('%s', async (kind, { effect, read, look, undo }) => {
    const { office } = world;
    const throws = thrownAs(kind);

    office.script('post', { throws });
    const effectId = await world.beginLetter();
    await carry(effectId);
    const ofEffect = await stepNow(effectId, 2);
    expect(['effect', ...ofEffect.next]).toEqual(['effect', ...effect]);
    const isTry = effect[1] === 'retry';
    // What was certainly not applied was not issued, and only a back-off counts as a try.
    const issued = effect[2] === 'planned' ? 0 : 1;
    expect(await ledger(effectId, 2)).toEqual({ retries: isTry ? 1 : 0, issue_count: issued });
    const needsPerson = effect[0] !== 'waiting' || effect[1] === 'connection';
    expect(ofEffect.job.attention !== null).toBe(needsPerson);
    await putAway(effectId);

    office.script('find-address', { throws });
    const readId = await world.beginLetter();
    await carry(readId);
    expect(['read', ...(await stepNow(readId, 1)).next]).toEqual(['read', ...read]);
    await putAway(readId);

    office.script('post', 'lose-answer');
    office.script('look:post', { throws });
    const lookId = await world.beginLetter();
    await carry(lookId);
    await carry(lookId);
    expect(['look', ...(await stepNow(lookId, 2)).next]).toEqual(['look', ...look]);
    expect((await ledger(lookId, 2)).issue_count).toBe(1);
    await putAway(lookId);

    const undoId = await world.beginLetter();
    await carry(undoId);
    office.script('undo:file-copy', { throws });
    await world.decisions.undo(world.tenant, by, undoId, 'Letter to Ada');
    await carry(undoId);
    expect(['undo', ...(await stepNow(undoId, 3)).next]).toEqual(['undo', ...undo]);
    await putAway(undoId);
    expect(office.lettersOf('post').length).toBeLessThanOrEqual(2);
  });
});
