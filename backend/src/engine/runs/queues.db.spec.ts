import { randomUUID } from 'node:crypto';
import { EngineWorld } from '../../../test/engine/engine-world.js';
import { letterSaga } from '../../../test/engine/letter.saga.js';
import { type Nudge, type QueueLane, QueuePort } from '../queue/queue.port.js';
import { RunStore } from './run-store.js';
import { SagaRegistry } from './saga-registry.js';

describe('queues', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.begin();
  });
  afterEach(() => world.end());

  const begin = (queue?: QueueLane, groupId?: string) =>
    world.in((tx) =>
      world.runs.begin(tx, letterSaga, {
        key: randomUUID(),
        input: { to: 'Ada' },
        title: 'Letter to Ada',
        lane: 'lane-1',
        createdBy: 'user:test',
        queue,
        groupId,
      }),
    );

  it('a run is in the queue it was begun for, and its nudge and its steps say so', async () => {
    const [process] = world.processes;
    const heard: Nudge[] = [];
    const wake = async (nudge: Nudge) => heard.push(nudge) > 0;
    await process.app.get(QueuePort).consume({ wake, room: () => undefined });
    const group = randomUUID();
    const begun = { bulk: await begin('bulk', group), default: await begin() };
    await world.until(begun.default.id, () => heard.length === 2);
    expect(heard.map(({ runId, lane }) => [runId, lane])).toEqual([
      [begun.bulk.id, 'bulk'],
      [begun.default.id, 'default'],
    ]);
    const definitions = process.app.get(SagaRegistry).definitions();
    const claims = await process.app.get(RunStore).claim('another', definitions, 60_000, { any: 2, reserved: 0 });
    const { run } = claims.find(({ runId }) => runId === begun.bulk.id)!;
    expect(run.queue).toBe('bulk');
    const rows = await world.in((tx) => tx.query('SELECT queue, group_id FROM runs ORDER BY id'));
    expect(rows).toEqual([
      { queue: 'bulk', group_id: group },
      { queue: 'default', group_id: null },
    ]);
  });
});
