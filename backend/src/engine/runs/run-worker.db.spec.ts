import { EngineWorld, pause } from '../../../test/engine/engine-world.js';
import { RunWorker } from './run-worker.js';

/** The places of one process: who gets one, and when it is free again. */
describe('the places of a worker', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.begin();
  });
  afterEach(() => world.end());

  it('a process that is full takes no nudge until its own look has left room', async () => {
    const [places, more] = [4, 3];
    const variables = { WORKER_CONCURRENCY: String(places), CALL_DEADLINE_MS: '30000', LEASE_MS: '10000' };
    const process = await world.addProcess(variables);
    const worker = process.app.get(RunWorker);
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.office.script('find-address', ...Array<() => Promise<void>>(places).fill(() => held));
    for (let run = 0; run < places; run++) await world.beginLetter();
    await process.worker.start();
    while (world.office.callsOf('find-address').length < places) await pause(5);
    const waiting = [];
    for (let run = 0; run < more; run++) waiting.push(await world.beginLetter());
    expect(worker.room('bulk')).toBeInstanceOf(Promise);
    expect(worker.room('priority')).toBeUndefined();
    expect(await worker.wake({ runId: waiting[0], fence: 0, lane: 'default' })).toBe(false);
    let told = false;
    void worker.room('default')!.then(() => (told = true));
    await pause(150);
    expect(told).toBe(false);
    release();
    for (const id of waiting) await world.until(id, 'done');
    while (!told) await pause(5);
    expect(worker.room('default')).toBeUndefined();
    expect(world.office.lettersOf('post')).toHaveLength(places + more);
  });

  it('a run whose last step has ended leaves its place while its end is written', async () => {
    const process = await world.addProcess({ WORKER_CONCURRENCY: '1', CALL_DEADLINE_MS: '30000', LEASE_MS: '10000' });
    const first = await world.beginLetter();
    const second = await world.beginLetter();
    let unlock!: () => void;
    const unlocked = new Promise<void>((resolve) => (unlock = resolve));
    let locking!: Promise<unknown>;
    // While the last step of the first run is under way, somebody locks its row: its end cannot be written.
    world.office.before('file-copy', async () => {
      await new Promise<void>((locked) => {
        locking = world.in(async (tx) => {
          await tx.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [first]);
          locked();
          await unlocked;
        });
      });
    });
    await process.worker.start();
    await world.until(second, 'running');
    expect((await world.job(first)).state).toBe('running');
    unlock();
    await locking;
    await world.until(first, 'done');
    await world.until(second, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(2);
  });
});
