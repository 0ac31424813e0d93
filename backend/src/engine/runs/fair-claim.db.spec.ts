import { Client } from 'pg';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import { ManyRuns } from '../../../test/engine/many-runs.js';
import type { TenantId } from '../../platform/database/index.js';
import type { QueueLane } from '../queue/queue.port.js';
import { freePlaces } from './run-worker.js';
import { type Claim, RunStore } from './run-store.js';

describe('whose turn it is', () => {
  let world: EngineWorld;
  let many: ManyRuns;
  let store: RunStore;
  beforeEach(async () => {
    world = await EngineWorld.begin();
    many = new ManyRuns(world, { name: 'letter', steps: ['find-address', 'post', 'file-copy'] });
    store = world.processes[0].app.get(RunStore);
  });
  afterEach(() => world.end());

  const claim = (any: number, { reserved = 0, after }: { reserved?: number; after?: TenantId } = {}) =>
    store.claim('me', ['letter:1'], 60_000, { any, reserved }, after);
  const perAgency = (claims: Claim[], ...agencies: TenantId[]) =>
    agencies.map((agency) => claims.filter(({ tenant }) => tenant === agency).length);
  const queueOf = async ({ tenant, runId }: Claim): Promise<QueueLane> => {
    const [run] = await many.in<{ queue: QueueLane }>(tenant, 'SELECT queue FROM runs WHERE id = $1', [runId]);
    return run.queue;
  };
  const perQueue = async (claims: Claim[]) => {
    const count = { priority: 0, default: 0, bulk: 0 };
    for (const each of claims) count[await queueOf(each)]++;
    return count;
  };
  const hold = (tenant: TenantId, queue: QueueLane, mode: 'paused' | 'draining') =>
    many.in(tenant, `INSERT INTO queue_controls (agency_id, queue, mode, set_by) VALUES ($1, $2, $3, 'x')`, [
      tenant,
      queue,
      mode,
    ]);

  describe('within one queue of one agency', () => {
    it('runs are taken as they came', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 3);
      await many.ready(a, 'default', 3, { dueSince: 60 });
      const taken: string[] = [];
      for (let times = 0; times < 6; times++) taken.push((await claim(1))[0].runId);
      const inOrder = await many.in<{ id: string }>(a, 'SELECT id FROM runs ORDER BY run_at, id');
      expect(taken).toEqual(inOrder.map(({ id }) => id));
    });

    it('what was begun before goes on before anything else is begun', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 5, { dueSince: 60 });
      await many.ready(a, 'default', 2, { begun: true });
      const rows = await many.in<{ id: string }>(a, 'SELECT id FROM runs WHERE first_claimed_at IS NOT NULL');
      expect((await claim(2)).map(({ runId }) => runId).sort()).toEqual(rows.map(({ id }) => id).sort());
    });

    it('a wait that is over takes its place in line, and one that is not stays', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 2, { begun: true });
      await many.in(a, `UPDATE runs SET state = 'waiting', waiting_for = 'retry', run_at = now() + interval '1 hour'`);
      const [{ id }] = await many.in<{ id: string }>(a, 'SELECT id FROM runs ORDER BY id LIMIT 1');
      await many.in(a, `UPDATE runs SET run_at = now() WHERE id = $1`, [id]);
      expect((await claim(9)).map(({ runId }) => runId)).toEqual([id]);
      expect(await claim(9)).toEqual([]);
    });
  });

  describe('between agencies', () => {
    it('places are shared, however much one of them has waiting and for how long', async () => {
      const [a, b, c] = [await many.agency(), await many.agency(), await many.agency()];
      await many.ready(a, 'default', 500, { dueSince: 600 });
      await many.ready(b, 'default', 50);
      await many.ready(c, 'default', 1);
      expect(perAgency(await claim(9), a, b, c)).toEqual([4, 4, 1]);
    });

    it('who has less in hand is next', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'default', 500);
      expect(perAgency(await claim(6), a)).toEqual([6]);
      await many.ready(b, 'default', 50);
      expect(perAgency(await claim(8), a, b)).toEqual([1, 7]);
    });

    it('they take turns, also when they are more than one claim looks at', async () => {
      const agencies = await Promise.all(Array.from({ length: 50 }, () => many.agency()));
      for (const agency of agencies) await many.ready(agency, 'default', 2);
      const served: TenantId[] = [];
      for (let times = 0; times < 50; times++) served.push((await claim(1, { after: served.at(-1) }))[0].tenant);
      expect(new Set(served).size).toBe(50);
    });

    it('one whose definitions are not known here stands in nobody’s way', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'default', 20, { saga: 'of-a-later-version' });
      await many.ready(b, 'default', 2);
      expect(perAgency(await claim(4), a, b)).toEqual([0, 2]);
    });
  });

  describe('between queues', () => {
    it('places are shared 16 : 4 : 1', async () => {
      const a = await many.agency();
      for (const queue of ['bulk', 'default', 'priority'] as const) await many.ready(a, queue, 30, { dueSince: 60 });
      expect(await perQueue(await claim(21))).toEqual({ priority: 16, default: 4, bulk: 1 });
    });

    it('none starves: each has something in hand before one has much', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'priority', 30);
      await many.ready(b, 'bulk', 30);
      const claims = [await claim(1), await claim(1), await claim(1)].flat();
      expect(await Promise.all(claims.map(queueOf))).toEqual(['priority', 'bulk', 'priority']);
    });

    it('an empty one costs the others nothing', async () => {
      const a = await many.agency();
      await many.ready(a, 'bulk', 30);
      expect(await claim(21)).toHaveLength(21);
    });
  });

  describe('reserved places', () => {
    it('are a quarter more than configured, at least one, and the last to be filled', () => {
      expect(freePlaces(16, 0)).toEqual({ any: 16, reserved: 4 });
      expect(freePlaces(16, 15)).toEqual({ any: 1, reserved: 4 });
      expect(freePlaces(16, 18)).toEqual({ any: 0, reserved: 2 });
      expect(freePlaces(16, 20)).toEqual({ any: 0, reserved: 0 });
      expect(freePlaces(1, 1)).toEqual({ any: 0, reserved: 1 });
    });

    it('are not for who holds something already, alone or among others', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'default', 50);
      await many.ready(a, 'bulk', 50);
      await claim(4);
      expect(await claim(0, { reserved: 3 })).toEqual([]);
      await many.ready(b, 'bulk', 5);
      expect(perAgency(await claim(0, { reserved: 3 }), a, b)).toEqual([0, 1]);
      expect(await claim(0, { reserved: 3 })).toEqual([]);
    });

    it('are for what people wait for', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 50);
      await claim(4);
      await many.ready(a, 'priority', 5);
      expect(await perQueue(await claim(0, { reserved: 3 }))).toEqual({ priority: 3, default: 0, bulk: 0 });
    });

    it('are for the only one there is, when it holds nothing', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'default', 5);
      expect(perAgency(await claim(0, { reserved: 3 }), a)).toEqual([1]);
      await many.in(a, `DELETE FROM run_steps`);
      await many.in(a, `DELETE FROM runs`);
      await many.ready(b, 'priority', 5);
      expect(await claim(1, { reserved: 3 })).toHaveLength(4);
    });
  });

  describe('a queue that is held', () => {
    it('gives nothing while it is paused, and only what was begun before while it drains', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      for (const alone of [true, false]) {
        await many.ready(a, 'default', 4);
        await many.ready(a, 'default', 1, { begun: true });
        if (!alone) await many.ready(b, 'default', 1);
        await hold(a, 'default', 'paused');
        expect(perAgency(await claim(9), a, b)).toEqual([0, alone ? 0 : 1]);
        await many.in(a, `UPDATE queue_controls SET mode = 'draining'`);
        if (!alone) await many.ready(b, 'default', 1);
        expect(perAgency(await claim(9), a, b)).toEqual([1, alone ? 0 : 1]);
        await many.in(a, `DELETE FROM queue_controls`);
        expect(perAgency(await claim(9), a, b)).toEqual([4, 0]);
      }
    });

    it('is the agency’s own affair: the others of that name go on', async () => {
      const agencies = await Promise.all(Array.from({ length: 40 }, () => many.agency()));
      for (const agency of agencies) await many.ready(agency, 'bulk', 1);
      for (const agency of agencies.slice(1)) await hold(agency, 'bulk', 'paused');
      expect((await claim(9)).map(({ tenant }) => tenant)).toEqual([agencies[0]]);
    });
  });

  describe('what a dead holder left behind', () => {
    const die = (tenant: TenantId) =>
      many.in(tenant, `UPDATE runs SET lease_until = now() - interval '1 s' WHERE state = 'running'`);

    it('goes first', async () => {
      const [a, b] = [await many.agency(), await many.agency()];
      await many.ready(a, 'bulk', 2);
      await claim(2);
      await die(a);
      await many.ready(b, 'priority', 9);
      expect(perAgency(await claim(3), a, b)).toEqual([2, 1]);
    });

    it('and whose process has died twice is taken alone, one after the other, and after the others', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 5);
      await claim(4);
      const held = await many.in<{ id: string }>(a, `SELECT id FROM runs WHERE state = 'running' ORDER BY id`);
      await many.in(a, `UPDATE runs SET lease_until = now() - interval '1 second' WHERE state = 'running'`);
      const suspects = held.slice(0, 2).map(({ id }) => id);
      await many.in(a, 'UPDATE runs SET no_progress = 2 WHERE id = ANY ($1)', [suspects]);
      expect(await claim(16)).toHaveLength(3);
      const [first, second] = [await claim(16), await claim(16)];
      expect([first.length, second.length]).toEqual([1, 1]);
      expect([first[0].runId, second[0].runId].sort()).toEqual(suspects);
      expect(await claim(16)).toEqual([]);
    });

    it('takes no reserved place, unless people wait for it', async () => {
      const a = await many.agency();
      await many.ready(a, 'default', 2);
      await many.ready(a, 'priority', 1);
      await claim(3);
      await die(a);
      expect(await perQueue(await claim(0, { reserved: 3 }))).toEqual({ priority: 1, default: 0, bulk: 0 });
    });
  });

  it('claimers at once get all they have places for, and none gets what another has', async () => {
    const [a, b, c] = [await many.agency(), await many.agency(), await many.agency()];
    await many.ready(a, 'default', 400);
    for (let round = 0; round < 5; round++) {
      await many.ready(b, 'default', 2);
      await many.ready(c, 'bulk', 1);
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim(5)));
      expect(claims.map((each) => each.length)).toEqual(Array.from({ length: 8 }, () => 5));
      const ids = claims.flat().map(({ runId }) => runId);
      expect(new Set(ids).size).toBe(40);
      expect(perAgency(claims.flat(), b, c)).toEqual([2, 1]);
    }
  });

  it('reads no more when a hundred times as many wait', async () => {
    const [a, b] = [await many.agency(), await many.agency()];
    await many.ready(a, 'default', 50);
    const one = await blocksOfAClaim();
    await many.ready(a, 'default', 5_000, { dueSince: 60 });
    expect(await blocksOfAClaim()).toBeLessThan(1.3 * one + 20);
    await many.ready(b, 'bulk', 50);
    const two = await blocksOfAClaim();
    await many.ready(b, 'bulk', 5_000, { dueSince: 60 });
    expect(await blocksOfAClaim()).toBeLessThan(1.3 * two + 20);
  }, 60_000);

  /** What one claim touches in a session that has its plans; the first claims of a session also read the catalogue. */
  async function blocksOfAClaim(): Promise<number> {
    const client = new Client({ connectionString: world.database.appUrl });
    await client.connect();
    try {
      let blocks = Infinity;
      for (let times = 0; times < 5; times++) {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM runs_claim('me', ARRAY['letter:1'], 60000, 1)`,
        );
        blocks = Math.min(blocks, rows[0]['QUERY PLAN'][0].Plan['Shared Hit Blocks']);
      }
      return blocks;
    } finally {
      await client.end();
    }
  }
});
