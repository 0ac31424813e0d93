import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { runStates } from '../../engine/runs/run-states.js';
import { WaitingFor } from '../../engine/runs/runs.schema.js';
import { batchActionsOf, batchStateOf } from './batch-state.js';
import { BatchAction, BatchRowState, BatchState } from './batches.schema.js';
import { countsOf, rowStateSql } from './row-state.js';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.appUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const phases = ['draft', 'checking', 'ready', 'starting', 'started', 'cancelled'] as const;
const verdicts = ['unchecked', 'ready', 'warning', 'problem'];

it('has one word for every combination of a batch, a row and a run, so counts by it add up', async () => {
  const { rows } = await client.query<{ state: BatchRowState; rows: number }>(
    `SELECT ${rowStateSql} AS state, count(*)::int AS rows
     FROM unnest($1::text[]) AS ba(phase)
     CROSS JOIN (SELECT v.verdict, x.excluded, j.run_id FROM unnest($2::text[]) AS v(verdict)
       CROSS JOIN unnest(ARRAY[true, false]) AS x(excluded) CROSS JOIN unnest(ARRAY[NULL, 'a run']) AS j(run_id)) AS b
     CROSS JOIN (SELECT s.state, d.direction, w.waiting_for, a.attention FROM unnest($3::text[]) AS s(state)
       CROSS JOIN unnest(ARRAY['forward', 'undo']) AS d(direction) CROSS JOIN unnest($4::text[]) AS w(waiting_for)
       CROSS JOIN unnest(ARRAY[NULL, '{}']::jsonb[]) AS a(attention)) AS r
     GROUP BY 1`,
    [phases, verdicts, Object.keys(runStates), [null, ...WaitingFor.options]],
  );
  const total =
    phases.length * verdicts.length * 4 * Object.keys(runStates).length * 4 * (WaitingFor.options.length + 1);
  expect(rows.map(({ state }) => state).sort()).toEqual([...BatchRowState.options].sort());
  const counts = countsOf(rows);
  expect(counts.total).toBe(total);
  expect(BatchRowState.options.reduce((sum, state) => sum + counts[state], 0)).toBe(total);
});

it('has a state for every phase and every place of one row, and offers only what is known', () => {
  for (const phase of phases)
    for (const paused of [true, false])
      for (const cancelledAt of [null, new Date()])
        for (const state of BatchRowState.options) {
          const batch = { phase, paused, cancelledAt, startedAt: null };
          const counts = countsOf([{ state, rows: 1 }]);
          expect(BatchState.options).toContain(batchStateOf(batch, counts));
          for (const action of batchActionsOf(batch, counts)) expect(BatchAction.options).toContain(action);
        }
});

it('is undone only when nothing of it goes on', () => {
  const batch = { phase: 'started' as const, paused: false, cancelledAt: null, startedAt: new Date() };
  const of = (...states: BatchRowState[]) =>
    batchActionsOf(batch, countsOf(states.map((state) => ({ state, rows: 1 }))));
  expect(of('done', 'running')).not.toContain('undo');
  expect(of('done', 'failed')).toContain('undo');
  expect(of('done', 'undoing')).not.toContain('undo');
});
