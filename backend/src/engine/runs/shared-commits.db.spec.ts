import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import { letterSaga } from '../../../test/engine/letter.saga.js';
import { asTenantId, poolOf, type TenantId, Transaction } from '../../platform/database/index.js';
import { type Claim, RunStore } from './run-store.js';
import { SagaRegistry } from './saga-registry.js';

/** Saves that are wanted in the same turn share a statement and its commit, and nothing else. */
describe('shared commits', () => {
  let world: EngineWorld;
  let store: RunStore;
  beforeAll(async () => {
    world = await EngineWorld.begin();
    store = world.processes[0].app.get(RunStore);
  });
  afterEach(() => world.check());
  afterAll(() => world.end());

  const owner = 'somebody';
  const claim = (count: number) =>
    store.claim(owner, world.processes[0].app.get(SagaRegistry).definitions(), 60_000, { any: count, reserved: 0 });
  const line = (message: string) => ({ events: [{ level: 'info' as const, message }] });
  const claimLetters = async (count: number) => {
    for (let each = 0; each < count; each++) await world.beginLetter();
    return claim(count);
  };

  it('a holder that lost its run writes nothing; its neighbours are written', async () => {
    const claims = await claimLetters(3);
    const lost = claims[1];
    await world.in((tx) => tx.query('UPDATE runs SET fence = fence + 1 WHERE id = $1', [lost.runId]));
    const saved = await Promise.all(
      claims.map((each) =>
        store.save(each, { ...line('here'), run: { no_progress: 0 }, steps: [{ ordinal: 1, looks: 7 }] }),
      ),
    );
    expect(saved.map((each) => each?.lastSeq)).toEqual([2, undefined, 2]);
    for (const { runId } of claims) {
      const wrote = runId !== lost.runId;
      expect((await world.messages(runId)).includes('here')).toBe(wrote);
      const [step] = await world.in((tx) =>
        tx.query<{ looks: number }>('SELECT looks FROM run_steps WHERE run_id = $1 AND ordinal = 1', [runId]),
      );
      expect(step.looks).toBe(wrote ? 7 : 0);
    }
  });

  it('a save that the database refuses fails alone', async () => {
    const claims = await claimLetters(3);
    const outcomes = await Promise.allSettled(
      claims.map((each, index) =>
        store.save(each, index === 1 ? { run: { state: 'nonsense' as never } } : line('well')),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await world.messages(claims[2].runId)).toEqual(['Job accepted', 'well']);
  });

  it('runs of different agencies share a commit and stay apart', async () => {
    const other = asTenantId(randomUUID());
    await inAgency(other, (tx) => tx.query('INSERT INTO agencies (id, name) VALUES ($1, $2)', [other, 'Other']));
    await inAgency(other, (tx) =>
      world.runs.begin(tx, letterSaga, {
        key: 'k',
        input: { to: 'Bob' },
        title: 'Letter to Bob',
        lane: 'lane-1',
        createdBy: 'user:test',
      }),
    );
    await world.beginLetter();
    const claims = await claim(2);
    const theirs = claims.find(({ tenant }) => tenant === other)!;
    const ours = claims.find(({ tenant }) => tenant === world.tenant)!;
    const mistaken: Claim = { ...theirs, tenant: world.tenant };
    const saved = await Promise.all([
      store.save(theirs, line('theirs')),
      store.save(ours, line('ours')),
      store.save(mistaken, line('whose?')),
    ]);
    expect(saved.map((each) => each?.lastSeq)).toEqual([2, 2, undefined]);
    expect(await world.messages(ours.runId)).toEqual(['Job accepted', 'ours']);
    const lines = await inAgency(other, (tx) => tx.query<{ message: string }>('SELECT message FROM run_events'));
    expect(lines.map(({ message }) => message)).toEqual(['Job accepted', 'theirs']);
  });

  it('a crowd of saves travels in commits of sixteen, three at a time', async () => {
    const claims = await claimLetters(60);
    const pool = poolOf(world.processes[0].app.get(DataSource));
    const travelled: number[] = [];
    let [underWay, most] = [0, 0];
    const query = jest.spyOn(pool, 'query').mockImplementation((async (config: { values: [string] }) => {
      const groups = JSON.parse(config.values[0]) as { saves: unknown[] }[];
      travelled.push(groups.reduce((sum, { saves }) => sum + saves.length, 0));
      most = Math.max(most, ++underWay);
      try {
        return await passedOn(config);
      } finally {
        underWay--;
      }
    }) as never);
    const passedOn = Pool.prototype.query.bind(pool) as unknown as (config: object) => Promise<unknown>;
    const saved = await Promise.all(claims.map((each) => store.save(each, line('in a crowd'))));
    query.mockRestore();
    expect(saved.every((each) => each !== undefined)).toBe(true);
    expect(travelled.reduce((sum, saves) => sum + saves, 0)).toBe(60);
    expect(Math.max(...travelled)).toBe(16);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('heartbeats and saves of the same runs never wait for each other in a circle', async () => {
    const claims = await claimLetters(40);
    const backward = claims.toReversed();
    let saving = true;
    const saves = async () => {
      for (let save = 0; save < 100; save++) await Promise.all(backward.map((each) => store.save(each, line('line'))));
      saving = false;
    };
    const beats = async () => {
      for (let beat = 0; saving; beat++) await store.heartbeat(owner, beat % 2 ? claims : backward, 60_000);
    };
    await Promise.all([saves(), beats(), beats()]);
    expect(await deadlocks()).toBe(0);
  });

  const inAgency: Transaction['run'] = (tenant: TenantId, act) =>
    world.processes[0].app.get(Transaction).run(tenant, act);
  const deadlocks = async () => {
    const [{ deadlocks: count }] = await world.in((tx) =>
      tx.query<{ deadlocks: string }>('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
    );
    return Number(count);
  };
});
