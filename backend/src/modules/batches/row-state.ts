import type { BatchCounts, BatchRowState } from './batches.schema.js';
import { BatchRowState as RowStates } from './batches.schema.js';

/**
 * The state of a row in one word, from its own table and its run's. It has a value for every combination, so that counts by
 * it add up to the number of rows whatever happens; b are batch_rows, r are runs, and the batch is named ba.
 */
export const rowStateSql = `CASE
  WHEN b.run_id IS NULL THEN CASE
    WHEN b.excluded THEN 'excluded'
    WHEN ba.phase = 'cancelled' AND b.verdict IN ('ready','warning') THEN 'cancelled'
    ELSE b.verdict END
  WHEN r.state IN ('ready','waiting') AND r.direction = 'undo' THEN 'undoing'
  WHEN r.state = 'waiting' AND r.waiting_for = 'pause' THEN 'paused'
  WHEN r.state = 'ready' THEN 'queued'
  WHEN r.state = 'done' AND r.attention IS NOT NULL THEN 'partial'
  ELSE r.state END`;

/** Rows with their runs and their batch; the caller adds the conditions. */
export const rowsFromSql = `batches ba
  JOIN batch_rows b ON b.agency_id = ba.agency_id AND b.batch_id = ba.id
  LEFT JOIN runs r ON r.agency_id = b.agency_id AND r.id = b.run_id`;

/** Rows that will move without a person. */
export const openStates = ['queued', 'running', 'waiting', 'paused', 'undoing'] as const satisfies BatchRowState[];
/** Rows whose job has come to an end, good or bad. */
export const endedStates = [
  ...(['done', 'partial', 'failed', 'needs-human', 'cancelled', 'undone'] as const),
] satisfies BatchRowState[];

export const sumOf = (counts: BatchCounts, states: readonly BatchRowState[]) =>
  states.reduce((sum, state) => sum + counts[state], 0);

export function countsOf(rows: readonly { state: BatchRowState; rows: number }[]): BatchCounts {
  const none = Object.fromEntries(RowStates.options.map((state) => [state, 0])) as Omit<BatchCounts, 'total'>;
  const counts = { ...none, ...Object.fromEntries(rows.map((row) => [row.state, row.rows])) };
  return { ...counts, total: rows.reduce((sum, row) => sum + row.rows, 0) };
}
