import { randomUUID } from 'node:crypto';
import { by, EngineWorld, pause } from '../../../test/engine/engine-world.js';

/** What people decide about a job, and when. */
describe('decisions about a job', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await EngineWorld.begin();
  });
  beforeEach(() => world.processes[0].worker.start());
  afterEach(async () => {
    await world.check();
    world.office.forget();
  });
  afterAll(() => world.end());

  const states = async (id: string) => (await world.job(id)).steps.map((step) => step.state);
  const cancel = (id: string) => world.decisions.cancel(world.tenant, by, id);
  const retry = (id: string) => world.decisions.retry(world.tenant, by, id);
  const undo = async (id: string) => world.decisions.undo(world.tenant, by, id, (await world.job(id)).title);

  describe('begin', () => {
    it('the same key is the same job, also at the same moment and with an exclusive key', async () => {
      const begin = { key: 'one', exclusiveKey: 'ada' };
      const ids = await Promise.all(Array.from({ length: 8 }, () => world.beginLetter(begin)));
      expect(new Set(ids).size).toBe(1);
      await world.until(ids[0], 'done');
      expect(await world.beginLetter(begin)).toBe(ids[0]);
      expect(world.office.lettersOf('post')).toHaveLength(1);
    });

    it('the same key with another input is refused', async () => {
      await world.until(await world.beginLetter({ key: 'two', to: 'Ada' }), 'done');
      await expect(world.beginLetter({ key: 'two', to: 'Bob' })).rejects.toMatchObject({ kind: 'key-reused' });
    });

    it('an exclusive key is held until its job has ended', async () => {
      world.office.script('find-address', 'sign-in-again', 'refuse');
      const first = await world.beginLetter({ exclusiveKey: 'bob' });
      await world.until(first, 'waiting');
      await expect(world.beginLetter({ exclusiveKey: 'bob' })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'already-under-way',
      });
      await world.in((tx) => world.runs.wakeLane(tx, 'lane-1'));
      await world.until(first, 'failed');
      world.office.script('find-address', 'sign-in-again');
      const second = await world.beginLetter({ exclusiveKey: 'bob' });
      await world.until(second, 'waiting');
      await expect(retry(first)).rejects.toMatchObject({ code: 'already-under-way' });
      await cancel(second);
      await world.until(second, 'cancelled');
    });

    it('a transaction that fails begins nothing', async () => {
      const key = randomUUID();
      const id = await world.beginLetter({ key });
      const failing = world.in(async (tx) => {
        await tx.query('UPDATE runs SET title = $2 WHERE id = $1', [id, 'x']);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect((await world.until(id, 'done')).title).toBe('Letter to Ada');
    });
  });

  describe('many at once', () => {
    it('groups what stopped by cause and step, and retries one group, so many at a time, and nothing of the others', async () => {
      world.office.script('post', ...Array(3).fill('refuse'));
      const refused = [];
      for (let n = 0; n < 3; n++) refused.push(await world.beginLetter());
      for (const id of refused) await world.until(id, 'failed');
      world.office.script('find-address', 'refuse');
      const other = await world.beginLetter();
      await world.until(other, 'failed');
      const causes = async () =>
        (await world.views.causes(world.tenant)).items
          .filter(({ code }) => code === 'no-stamp')
          .map(({ step, state, jobs }) => ({ step, state, jobs }));
      const group = { step: 'post', state: 'failed', jobs: 3 };
      const rest = { step: 'find-address', state: 'failed' };
      expect(await causes()).toEqual([group, expect.objectContaining(rest)]);

      const many = (limit: number) =>
        world.decisions.retryMany(world.tenant, by, { code: 'no-stamp', step: 'post', limit });
      expect(await many(2)).toEqual({ retried: 2, left: 1 });
      expect(await many(10)).toEqual({ retried: 1, left: 0 });
      for (const id of refused) await world.until(id, 'done');
      expect(world.office.lettersOf('post')).toHaveLength(3);
      expect((await world.job(other)).state).toBe('failed');
      expect(await many(10)).toEqual({ retried: 0, left: 0 });
      expect(await world.messages(refused[0])).toContain('Retry asked for');
    });

    it('leaves one whose business has a newer job', async () => {
      world.office.script('post', 'refuse', 'refuse');
      const older = await world.beginLetter({ exclusiveKey: 'cleo' });
      await world.until(older, 'failed');
      const newer = await world.beginLetter({ exclusiveKey: 'cleo' });
      await world.until(newer, 'failed');
      const which = { code: 'no-stamp', step: 'post', limit: 10 };
      expect(await world.decisions.retryMany(world.tenant, by, which)).toEqual({ retried: 1, left: 1 });
      await world.until(newer, 'done');
      expect((await world.job(older)).state).toBe('failed');
    });
  });

  describe('cancel', () => {
    it('before it began: nothing is asked for', async () => {
      await world.processes[0].worker.stop();
      const id = await world.beginLetter();
      await cancel(id);
      await world.processes[0].worker.start();
      await world.until(id, 'cancelled');
      expect(world.office.calls).toEqual([]);
    });

    it('during a step: the step ends, the next one does not begin', async () => {
      const id = await beginWithCancelDuring('post');
      const job = await world.until(id, 'cancelled');
      expect(job.steps.map((step) => step.state)).toEqual(['done', 'done', 'planned']);
      await retry(id);
      await world.until(id, 'done');
      expect(world.office.lettersOf('post')).toHaveLength(1);
    });

    it('during the last step: everything was done, so it is done', async () => {
      const id = await beginWithCancelDuring('file-copy');
      expect(await world.until(id, 'done')).toMatchObject({ cancelRequested: false });
    });

    it.each([
      ['a retry', 'down'],
      ['the rate budget', { limitedMs: 60_000 }],
      ['the connection', 'sign-in-again'],
      ['the provider', { result: { kind: 'again', inMs: 60_000, waitingFor: 'provider' } }],
    ] as const)('while it waits for %s: stops at once', async (_what, conduct) => {
      world.office.script('post', conduct, conduct, conduct);
      const id = await world.beginLetter();
      await world.until(id, 'waiting');
      await cancel(id);
      await world.until(id, 'cancelled', 1_000);
    });

    it('asked for just before a long wait begins: the wait is not kept', async () => {
      world.office.script('post', { limitedMs: 60_000 });
      const id = await beginWithCancelDuring('post');
      await world.until(id, 'cancelled', 1_000);
    });

    it('with an unknown outcome: what was made is found first and not forgotten', async () => {
      world.office.script('post', 'lose-answer');
      const id = await world.beginLetter();
      await world.until(id, 'waiting');
      await cancel(id);
      await world.until(id, 'cancelled');
      expect(await states(id)).toEqual(['done', 'done', 'planned']);
    });

    it('with an unknown outcome that left no trace: is not asked for again', async () => {
      world.office.script('post', 'swallow');
      const id = await world.beginLetter();
      await world.until(id, 'waiting');
      await cancel(id);
      await world.until(id, 'cancelled');
      expect(await states(id)).toEqual(['done', 'planned', 'planned']);
      expect(world.office.callsOf('post')).toHaveLength(1);
    });

    it('with an unknown outcome of a step that looks first: settles, then stops', async () => {
      world.office.script('file-copy', 'lose-answer');
      const id = await world.beginLetter();
      await world.until(id, 'waiting');
      await cancel(id);
      await world.until(id, 'cancelled');
      await undo(id);
      await world.until(id, 'undone');
      expect(world.office.letters).toEqual([expect.objectContaining({ step: 'find-address' })]);
    });

    it('while a person is asked: at once', async () => {
      const attention = { code: 'odd', cause: 'Odd.', nextAction: 'Choose.' };
      world.office.script('find-address', { result: { kind: 'hold', attention } });
      const id = await world.beginLetter();
      await world.until(id, 'needs-human');
      expect(await cancel(id)).toMatchObject({ state: 'cancelled', attention: null });
      await expect(cancel(id)).rejects.toMatchObject({ code: 'cannot-cancel' });
    });
  });

  describe('undo', () => {
    it('takes back last first, and only what was made', async () => {
      world.office.script('file-copy', 'refuse');
      const id = await world.beginLetter();
      await world.until(id, 'failed');
      await undo(id);
      await world.until(id, 'undone');
      expect(world.office.calls.map((call) => call.step).filter((name) => name.startsWith('undo'))).toEqual([
        'undo:file-copy',
        'undo:post',
      ]);
      expect(world.office.lettersOf('post')).toEqual([]);
      await expect(retry(id)).rejects.toMatchObject({ code: 'cannot-retry' });
    });

    it('is guarded by the title', async () => {
      const id = await world.beginLetter();
      await world.until(id, 'done');
      await expect(world.decisions.undo(world.tenant, by, id, 'Letter to Bob')).rejects.toMatchObject({
        code: 'confirmation-differs',
      });
    });

    it('a person may have to take something back; retry goes on from there', async () => {
      const attention = { code: 'posted', cause: 'It is in the bag.', nextAction: 'Fetch it.' };
      world.office.script('undo:post', { result: { kind: 'hold', attention } });
      const id = await world.beginLetter();
      await world.until(id, 'done');
      await undo(id);
      const stuck = await world.until(id, 'needs-human');
      expect(stuck).toMatchObject({
        direction: 'undo',
        attention: { code: 'posted', step: 'post' },
        actions: ['retry'],
      });
      await retry(id);
      await world.until(id, 'undone');
    });

    it('failures of undoing are tried again, waited for, or shown', async () => {
      world.office.script('undo:post', 'down', { limitedMs: 5 }, 'lose-answer', 'sign-in-again', 'refuse');
      const id = await world.beginLetter();
      await world.until(id, 'done');
      await undo(id);
      await world.until(id, (job) => job.waitingFor === 'connection');
      await world.in((tx) => world.runs.wakeLane(tx, 'lane-1'));
      await world.until(id, 'needs-human');
      await retry(id);
      await world.until(id, 'undone');
      expect(world.office.lettersOf('post')).toEqual([]);
    });

    it('of an unknown step looks for it first', async () => {
      world.office.script('post', 'swallow', { lateMs: 400 });
      const id = await world.beginLetter();
      await world.until(id, 'needs-human');
      await pause(200);
      await undo(id);
      await world.until(id, 'undone');
      expect(world.office.lettersOf('post')).toEqual([]);
      expect(world.office.callsOf('undo:post')).toHaveLength(1);
    });

    it('of an unknown step without a trace removes nothing', async () => {
      world.office.script('post', 'swallow', 'swallow');
      const id = await world.beginLetter();
      await world.until(id, 'needs-human');
      await undo(id);
      await world.until(id, 'undone');
      expect(world.office.callsOf('undo:post')).toEqual([]);
    });
  });

  /** A person cancels exactly while this step is being called. */
  async function beginWithCancelDuring(name: string): Promise<string> {
    let begun = '';
    world.office.before(name, () => cancel(begun));
    begun = await world.beginLetter();
    return begun;
  }
});
