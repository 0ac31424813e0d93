import type { BatchEntity } from './batch.entity.js';
import type { BatchAction, BatchCounts, BatchState } from './batches.schema.js';
import { openStates, sumOf } from './row-state.js';

type Facts = Pick<BatchEntity, 'phase' | 'paused' | 'startedAt' | 'cancelledAt'>;

/** What a batch is, from what people decided and from where its rows are. */
export function batchStateOf({ phase, paused, cancelledAt }: Facts, counts: BatchCounts): BatchState {
  if (phase !== 'started') return phase;
  if (sumOf(counts, openStates) === 0) return cancelledAt ? 'cancelled' : 'finished';
  return paused && counts.undoing === 0 ? 'paused' : 'running';
}

/** What a person may do with it now. */
export function batchActionsOf(facts: Facts, counts: BatchCounts): BatchAction[] {
  const { phase, paused, cancelledAt } = facts;
  const actions: BatchAction[] = [];
  const state = batchStateOf(facts, counts);
  if (phase === 'draft' || phase === 'checking' || phase === 'ready') actions.push('change');
  if (phase === 'ready' && counts.ready + counts.warning > 0) actions.push('start');
  const begun = phase === 'starting' || phase === 'started';
  const goesOn = counts.queued + counts.running + counts.waiting + counts.paused > 0 || phase === 'starting';
  if (begun && goesOn && !paused && !cancelledAt) actions.push('pause');
  if (begun && paused && !cancelledAt) actions.push('resume');
  if (state !== 'finished' && state !== 'cancelled' && !cancelledAt) actions.push('cancel');
  if (phase !== 'started') return actions;
  if (counts.failed + counts['needs-human'] + counts.partial > 0) actions.push('retry');
  const over = state === 'finished' || state === 'cancelled';
  if (over && counts.done + counts.partial + counts.failed + counts['needs-human'] + counts.cancelled > 0)
    actions.push('undo');
  return actions;
}
