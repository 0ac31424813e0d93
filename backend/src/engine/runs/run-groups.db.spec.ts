import { randomUUID } from 'node:crypto';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import { letterSaga } from '../../../test/engine/letter.saga.js';
import { asTenantId, Transaction } from '../../platform/database/index.js';
import { RunGroups } from './run-groups.js';

/** What is decided about many runs at once, and what it leaves alone. */
describe('a group of runs', () => {
  let world: EngineWorld;
  let groups: RunGroups;
  let group: string;
  const by = 'user:test';

  beforeAll(async () => {
    world = await EngineWorld.begin();
    groups = world.processes[0].app.get(RunGroups);
  });
  beforeEach(() => (group = randomUUID()));
  afterEach(async () => {
    await world.processes[0].worker.stop();
    await world.check();
    world.office.forget();
  });
  afterAll(() => world.end());

  const work = () => world.processes[0].worker.start();
  const statesOf = async (ids: string[]) => Promise.all(ids.map(async (id) => (await world.job(id)).state));
  const allAre = (ids: string[], state: 'done' | 'failed' | 'undone' | 'cancelled') =>
    Promise.all(ids.map((id) => world.until(id, state)));

  const begin = async (letters: { key?: string; to?: string; exclusiveKey?: string }[], groupId = group) => {
    const offered = letters.map(({ key = randomUUID(), to = 'Ada', exclusiveKey }) => ({
      ...{ id: randomUUID(), key, input: { to }, title: `Letter to ${to}`, exclusiveKey },
      ...{ lane: 'lane-1', createdBy: by },
    }));
    const many = await world.in((tx) => world.runs.beginMany(tx, letterSaga, offered, { queue: 'bulk', groupId }));
    return { ...many, ids: offered.map(({ id }) => id) };
  };
  const three = async () => (await begin([{}, {}, {}])).ids;

  describe('begun', () => {
    it('all in one transaction, due in the order given, each with its steps and its first line', async () => {
      const { ids, begun, refused } = await begin(['Ada', 'Bob', 'Cleo'].map((to) => ({ to })));
      expect([begun.toSorted(), refused]).toEqual([ids.toSorted(), []]);
      const due = await world.in((tx) =>
        tx.query<{ id: string; queue: string }>('SELECT id, queue FROM runs WHERE group_id = $1 ORDER BY run_at', [
          group,
        ]),
      );
      expect(due).toEqual(ids.map((id) => ({ id, queue: 'bulk' })));
      for (const id of ids) expect(await world.messages(id)).toEqual(['Job accepted']);
      await work();
      await allAre(ids, 'done');
      expect(world.office.lettersOf('post')).toHaveLength(3);
    });

    it('leaves out and names what is begun already, and what another one of the same business holds', async () => {
      const first = await begin([{ key: 'once', exclusiveKey: 'dora' }]);
      const { ids, begun, refused } = await begin([{ key: 'once' }, { exclusiveKey: 'dora' }, { exclusiveKey: 'eve' }]);
      expect(begun).toEqual([ids[2]]);
      expect(refused).toEqual([ids[0], ids[1]]);
      await work();
      await allAre([...first.ids, ids[2]], 'done');
      expect(world.office.lettersOf('post')).toHaveLength(2);
    });

    it('begins nothing when its transaction fails', async () => {
      const failing = world.in(async (tx) => {
        const offered = [
          { id: randomUUID(), key: 'f', input: { to: 'Ada' }, title: 'x', lane: 'lane-1', createdBy: by },
        ];
        await world.runs.beginMany(tx, letterSaga, offered, { queue: 'bulk', groupId: group });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      const rows = await world.in((tx) => tx.query('SELECT id FROM runs WHERE group_id = $1', [group]));
      expect(rows).toEqual([]);
    });
  });

  it('paused, nothing of it is begun and others go on; resumed, each is done once', async () => {
    const ids = await three();
    const others = (await begin([{}], randomUUID())).ids;
    expect(await world.in((tx) => groups.pause(tx, group, by))).toBe(3);
    expect(await world.in((tx) => groups.pause(tx, group, by))).toBe(0);
    await work();
    await allAre(others, 'done');
    expect(await statesOf(ids)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(world.office.lettersOf('post')).toHaveLength(1);
    expect(await world.in((tx) => groups.resume(tx, group, by))).toBe(3);
    await allAre(ids, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(4);
    expect(await world.messages(ids[0])).toEqual(
      expect.arrayContaining(['Paused with its group', 'Resumed with its group']),
    );
  });

  it('cancelled, what nobody began ends at once, also when it was paused, and what is under way after its step', async () => {
    const [underWay] = (await begin([{}])).ids;
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.office.script('find-address', () => held);
    await work();
    await world.until(underWay, (job) => job.steps[0].state === 'intent');
    await world.processes[0].worker.stop();
    const ids = await three();
    await world.in((tx) => groups.pause(tx, group, by));
    expect(await world.in((tx) => groups.cancel(tx, group, by))).toEqual({ cancelled: 3, asked: 1 });
    expect(await statesOf(ids)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    release();
    await work();
    await allAre([underWay], 'cancelled');
    expect(await world.in((tx) => groups.cancel(tx, group, by))).toEqual({ cancelled: 0, asked: 0 });
    expect(world.office.lettersOf('post')).toEqual([]);
  });

  it('retries the failures of one cause, so many as asked for, and leaves the others', async () => {
    world.office.script('post', 'refuse', 'refuse');
    const ids = await three();
    await work();
    const ended = await Promise.all(ids.map((id) => world.until(id, (job) => ['done', 'failed'].includes(job.state))));
    const done = ended.filter(({ state }) => state === 'done').map(({ id }) => id);
    expect(done).toHaveLength(1);
    const retry = (which: object) => world.in((tx) => groups.retry(tx, group, by, which));
    expect(await retry({ code: 'another' })).toBe(0);
    expect(await retry({ code: 'no-stamp', limit: 1 })).toBe(1);
    expect(await retry({ code: 'no-stamp', step: 'post' })).toBe(1);
    expect(await retry({ code: 'no-stamp' })).toBe(0);
    await allAre(ids, 'done');
    expect(world.office.lettersOf('post')).toHaveLength(3);
  });

  it('does not retry one whose business has another run meanwhile', async () => {
    world.office.script('post', 'refuse');
    const [failed] = (await begin([{ exclusiveKey: 'finn' }])).ids;
    await work();
    await allAre([failed], 'failed');
    await world.processes[0].worker.stop();
    const [next] = (await begin([{ exclusiveKey: 'finn' }], randomUUID())).ids;
    expect(await world.in((tx) => groups.retry(tx, group, by, {}))).toBe(0);
    await work();
    await allAre([next], 'done');
  });

  it('undoes what was made, of the runs that are named and of no other group', async () => {
    const ids = await three();
    const others = (await begin([{}], randomUUID())).ids;
    await work();
    await allAre([...ids, ...others], 'done');
    const named = [ids[0], ids[1], others[0]];
    expect(await world.in((tx) => groups.undo(tx, group, by, named))).toBe(2);
    await allAre([ids[0], ids[1]], 'undone');
    expect(await statesOf([ids[2], ...others])).toEqual(['done', 'done']);
    expect(world.office.lettersOf('post')).toHaveLength(2);
    expect(await world.in((tx) => groups.undo(tx, group, by, named))).toBe(0);
  });

  it('of another agency is not found', async () => {
    const ids = await three();
    const strangers = randomUUID();
    const asStranger = <Result>(act: Parameters<typeof world.in<Result>>[0]) =>
      world.processes[0].app.get(Transaction).run(asTenantId(strangers), act);
    expect(await asStranger((tx) => groups.pause(tx, group, by))).toBe(0);
    expect(await asStranger((tx) => groups.cancel(tx, group, by))).toEqual({ cancelled: 0, asked: 0 });
    expect(await statesOf(ids)).toEqual(['ready', 'ready', 'ready']);
    await work();
    await allAre(ids, 'done');
  });
});
