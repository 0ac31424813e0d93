import { by, EngineWorld } from '../../../test/engine/engine-world.js';

/** What each answer of a provider leads to. */
describe('outcomes of a step', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await EngineWorld.begin();
    await world.processes[0].worker.start();
  });
  afterEach(async () => {
    await world.check();
    world.office.forget();
  });
  afterAll(() => world.end());

  const step = async (id: string, name: string) => (await world.job(id)).steps.find((each) => each.name === name)!;
  const looks = () => world.office.callsOf('look:post').length;

  it('carries a job from its first step to its last', async () => {
    const id = await world.beginLetter();
    const job = await world.until(id, 'done');
    expect(job.steps.map((each) => [each.state, each.issueCount, each.via])).toEqual(
      Array(3).fill(['done', 1, 'direct']),
    );
    expect(job.output).toEqual({ from: 'file-copy' });
    expect(await world.messages(id)).toEqual([
      'Job accepted',
      ...Array(3).fill(['Step started', 'Step done']).flat(),
      'Job done',
    ]);
  });

  it('not applied: is tried again after a pause and does not count as asked for', async () => {
    world.office.script('post', 'down', 'down');
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(await step(id, 'post')).toMatchObject({ state: 'done', issueCount: 1, error: null });
    expect(world.office.callsOf('post')).toHaveLength(3);
  });

  it('not applied too often: fails and says so; retry goes on', async () => {
    world.office.script('post', 'down', 'down', 'down');
    const id = await world.beginLetter();
    const failed = await world.until(id, 'failed');
    expect(failed.attention).toMatchObject({
      code: 'closed',
      step: 'post',
      nextAction: expect.stringContaining('3 times'),
    });
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('rate-limited: waits as long as told and counts no try', async () => {
    world.office.script('post', { limitedMs: 200 }, { limitedMs: 1 }, { limitedMs: 1 }, { limitedMs: 1 });
    const id = await world.beginLetter();
    const waiting = await world.until(id, 'waiting');
    expect(waiting.waitingFor).toBe('rate-budget');
    await world.until(id, 'done');
    const [first, second] = world.office.callsOf('post');
    expect(second.at - first.at).toBeGreaterThanOrEqual(200);
    expect((await step(id, 'post')).issueCount).toBe(1);
  });

  it('held back by a breaker: waits for it, and counts neither a try nor an issue, however often', async () => {
    world.office.script('post', ...Array.from({ length: 6 }, () => ({ heldBackMs: 40 })));
    const id = await world.beginLetter();
    const waiting = await world.until(id, 'waiting');
    expect(waiting).toMatchObject({ waitingFor: 'breaker', attention: null });
    expect(await step(id, 'post')).toMatchObject({ state: 'planned', issueCount: 0, error: { code: 'breaker-open' } });
    await world.until(id, 'done');
    expect(world.office.callsOf('post')).toHaveLength(7);
    const [{ retries }] = await world.in((tx) =>
      tx.query<{ retries: number }>(
        "SELECT retries FROM run_steps WHERE agency_id = $1 AND run_id = $2 AND name = 'post'",
        [world.tenant, id],
      ),
    );
    expect(retries).toBe(0);
  });

  it('held back while looking for a lost call: it stays unknown, and is looked for when the breaker lets it', async () => {
    world.office.script('post', 'lose-answer');
    world.office.script('look:post', ...Array.from({ length: 5 }, () => ({ heldBackMs: 40 })));
    const id = await world.beginLetter();
    await world.until(id, ({ waitingFor }) => waitingFor === 'breaker');
    expect(await step(id, 'post')).toMatchObject({ state: 'unknown', issueCount: 1 });
    expect((await world.until(id, 'done')).steps[1]).toMatchObject({ via: 'search', issueCount: 1 });
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('held back while taking back: goes on when the breaker lets it', async () => {
    const id = await world.beginLetter();
    const { title } = await world.until(id, 'done');
    world.office.script('undo:post', ...Array.from({ length: 4 }, () => ({ heldBackMs: 40 })));
    await world.decisions.undo(world.tenant, by, id, title);
    await world.until(id, ({ waitingFor }) => waitingFor === 'breaker');
    await world.until(id, 'undone');
    expect(world.office.lettersOf('post')).toEqual([]);
  });

  it('signed out: waits for the connection, and goes on when its lane is woken', async () => {
    world.office.script('post', 'sign-in-again');
    const id = await world.beginLetter();
    const waiting = await world.until(id, 'waiting');
    expect(waiting).toMatchObject({ waitingFor: 'connection', continuesAt: null, attention: { code: 'sign-in' } });
    expect(await world.in((tx) => world.runs.wakeLane(tx, 'another lane'))).toBe(0);
    expect(await world.in((tx) => world.runs.wakeLane(tx, 'lane-1'))).toBe(1);
    expect(await world.until(id, 'done')).toMatchObject({ attention: null });
  });

  it('refused: fails, a person sees why, and a retry asks anew', async () => {
    world.office.script('post', 'refuse');
    const id = await world.beginLetter();
    const failed = await world.until(id, 'failed');
    expect(failed).toMatchObject({ attention: { code: 'no-stamp', step: 'post' }, actions: ['retry', 'undo'] });
    expect(await step(id, 'post')).toMatchObject({ state: 'rejected', error: { code: 'no-stamp' } });
    await world.decisions.retry(world.tenant, by, id);
    expect(await world.until(id, 'done')).toMatchObject({ attention: null });
  });

  it('answer lost: waits until it must show, then adopts what it finds', async () => {
    world.office.script('post', 'lose-answer');
    const id = await world.beginLetter();
    expect((await world.until(id, 'waiting')).waitingFor).toBe('settle');
    expect((await world.job(id)).actions).toEqual(['cancel']);
    await world.until(id, 'done');
    expect(await step(id, 'post')).toMatchObject({ via: 'search', issueCount: 1, output: { from: 'search' } });
    const [posted] = world.office.callsOf('post');
    const [looked] = world.office.callsOf('look:post');
    expect(looked.at - posted.at).toBeGreaterThanOrEqual(150);
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('answer lost and applied late: the second look finds it', async () => {
    world.office.script('post', { lateMs: 180 });
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(looks()).toBe(2);
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('call swallowed: two looks agree, and it is issued once more', async () => {
    world.office.script('post', 'swallow');
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(looks()).toBe(2);
    expect(await step(id, 'post')).toMatchObject({ issueCount: 2, via: 'direct' });
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('call swallowed twice: a person decides, and only on their word it is asked for a third time', async () => {
    world.office.script('post', 'swallow', 'swallow');
    const id = await world.beginLetter();
    const stuck = await world.until(id, 'needs-human');
    expect(stuck.attention).toMatchObject({ code: 'no-trace', step: 'post' });
    expect(world.office.callsOf('post')).toHaveLength(2);
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done');
    expect(looks()).toBe(6);
    expect(await step(id, 'post')).toMatchObject({ issueCount: 3 });
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('two candidates: a person decides', async () => {
    world.office.script('post', () => {
      const { marker } = world.office.calls.at(-1)!;
      world.office.letters.push({ marker, step: 'post', fromCall: 0 }, { marker, step: 'post', fromCall: 0 });
      return 'swallow';
    });
    const id = await world.beginLetter();
    const stuck = await world.until(id, 'needs-human');
    expect(stuck.attention).toMatchObject({ code: 'two-letters', step: 'post' });
    expect(await step(id, 'post')).toMatchObject({ state: 'needs-human', evidence: { found: 2 } });
  });

  it('an unforeseen error counts as an unknown outcome where repeating would make two', async () => {
    world.office.script('post', 'break');
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(await step(id, 'post')).toMatchObject({ via: 'search', issueCount: 1 });
    expect(world.office.lettersOf('post')).toHaveLength(1);
    expect(world.processes[0].logged).toContainEqual(expect.objectContaining({ message: 'A step failed unforeseen' }));
  });

  it('an unforeseen error in a step that only reads is a bug and stops the job', async () => {
    world.office.script('find-address', 'break');
    const failed = await world.until(await world.beginLetter(), 'failed');
    expect(failed.attention).toMatchObject({ code: 'unforeseen', step: 'find-address' });
  });

  it('a lost answer in a step that only reads is simply asked for again', async () => {
    world.office.script('find-address', 'lose-answer');
    await world.until(await world.beginLetter(), 'done');
    expect(world.office.callsOf('find-address')).toHaveLength(2);
  });

  it('a step that looks before it writes is run again once it has settled', async () => {
    world.office.script('file-copy', 'lose-answer');
    const id = await world.beginLetter();
    expect((await world.until(id, 'waiting')).waitingFor).toBe('settle');
    await world.until(id, 'done');
    expect(await step(id, 'file-copy')).toMatchObject({ output: { from: 'look' }, issueCount: 1 });
    expect(world.office.lettersOf('file-copy')).toHaveLength(1);
  });

  it('a step whose outcome stays unknown again and again is not run for ever', async () => {
    world.office.script('file-copy', ...Array(10).fill('swallow'));
    const id = await world.beginLetter();
    const stuck = await world.until(id, 'needs-human');
    expect(stuck.attention).toMatchObject({ code: 'no-answer', step: 'file-copy' });
    expect(world.office.callsOf('file-copy')).toHaveLength(3);
    world.office.forget();
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done');
  });

  it('a call that never ends is ended, and its outcome is unknown', async () => {
    world.office.script('post', 'hang');
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(await step(id, 'post')).toMatchObject({ issueCount: 2 });
  });

  it('asks again later as often as a step wants, without counting it as lost', async () => {
    const again = { result: { kind: 'again', inMs: 10.25, waitingFor: 'provider' } } as const;
    world.office.script('find-address', again, again);
    world.office.script('file-copy', again, 'down', 'down', again, 'down', again, again);
    const id = await world.beginLetter();
    await world.until(id, 'done');
    expect(world.office.callsOf('find-address')).toHaveLength(3);
    expect(world.office.callsOf('file-copy')).toHaveLength(8);
    expect(await world.messages(id)).not.toContain('Outcome unknown: waiting before looking for it');
  });

  it('partly done goes on in yellow; retry repairs it and repeats what follows from it', async () => {
    const attention = { code: 'no-ink', cause: 'Half of it is blank.', nextAction: 'Retry.' };
    world.office.script('file-copy', { result: { kind: 'partial', output: { pages: 1 }, attention } });
    const id = await world.beginLetter();
    const job = await world.until(id, 'done');
    expect(job).toMatchObject({ attention: { code: 'no-ink', step: 'file-copy' }, actions: ['retry', 'undo'] });
    await world.decisions.retry(world.tenant, by, id);
    const repaired = await world.until(id, (now) => now.state === 'done' && now.attention === null);
    expect(repaired.steps.map((each) => each.state)).toEqual(['done', 'done', 'done']);
    expect(await world.messages(id)).toContain('Repairing the copy');
    expect(world.office.callsOf('post')).toHaveLength(1);
  });

  it('a step may hand the decision to a person', async () => {
    const attention = { code: 'odd', cause: 'Two Adas live there.', nextAction: 'Choose one.' };
    world.office.script('find-address', { result: { kind: 'hold', attention } });
    const id = await world.beginLetter();
    expect((await world.until(id, 'needs-human')).attention).toEqual({ ...attention, step: 'find-address' });
    await world.decisions.retry(world.tenant, by, id);
    await world.until(id, 'done');
  });

  it('a look that fails proves nothing: the step stays unknown and is looked for again', async () => {
    world.office.script('post', 'lose-answer');
    world.office.script('look:post', 'down', { limitedMs: 1 }, 'sign-in-again');
    const id = await world.beginLetter();
    await world.until(id, (job) => job.waitingFor === 'connection');
    await world.in((tx) => world.runs.wakeLane(tx, 'lane-1'));
    await world.until(id, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });

  it('evidence that arrives early ends the wait at once', async () => {
    world.office.script('post', 'lose-answer');
    const id = await world.beginLetter();
    await world.until(id, 'waiting');
    const [{ marker }] = world.office.callsOf('post');
    await world.in((tx) => world.runs.wakeByMarker(tx, marker));
    await world.until(id, 'done');
    const [posted] = world.office.callsOf('post');
    expect(world.office.callsOf('look:post')[0].at - posted.at).toBeLessThan(140);
  });

  it('being woken early without evidence does not count as a look', async () => {
    world.office.script('post', { lateMs: 180 });
    const id = await world.beginLetter();
    await world.until(id, 'waiting');
    const [{ marker }] = world.office.callsOf('post');
    for (let times = 0; times < 5; times++) await world.in((tx) => world.runs.wakeByMarker(tx, marker));
    await world.until(id, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(1);
  });
});
