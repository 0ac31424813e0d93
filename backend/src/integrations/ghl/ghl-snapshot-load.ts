import type { GhlSnapshotLoadDetail } from './ghl.port.js';

export type SnapshotLoadState = 'loading' | 'loaded' | 'partial' | 'failed';

/**
 * What HighLevel's free-text status and asset lists mean. Only `processing` is documented, so the lists count
 * more than the word: nothing pending and something completed is loaded. A load that says it is over while
 * assets are pending is partial. Everything else is loading, and the caller's patience ends it.
 */
export function snapshotLoadState({ status, completed, pending }: GhlSnapshotLoadDetail): SnapshotLoadState {
  if (/partial/i.test(status)) return 'partial';
  if (/fail|error/i.test(status)) return 'failed';
  const over = /complete|success|done|finished/i.test(status) && !/incomplete/i.test(status);
  if (pending.length > 0) return over ? 'partial' : 'loading';
  return over || completed.length > 0 ? 'loaded' : 'loading';
}
