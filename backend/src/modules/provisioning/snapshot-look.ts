import { type GhlSnapshotLoad, snapshotLoadState } from '../../integrations/ghl/index.js';

/** What the list of loads says of each sub-account: the newest load's word. */
export type LoadWords = Record<string, { status: string; startedAt?: string }>;

/** HighLevel's clock may differ from ours, and what it lists may lag. */
const marginMs = 10 * 60_000;
const firstWindowMs = 24 * 3_600_000;

/** The list tells no assets, so only the word can be judged: over, or not yet. */
export const isOver = ({ status }: { status: string }) =>
  snapshotLoadState({ status, completed: [], pending: [] }) !== 'loading';

export const countLoading = (words: LoadWords) => Object.values(words).filter((word) => !isOver(word)).length;

/**
 * From when on loads are listed: the oldest that was still under way, so that the loads of this morning's batch are not
 * listed again and again. Those that never end are left to the patience of their run.
 */
export function listFrom(words: LoadWords, lookedAt: Date | null, now: Date, patienceMs: number): Date {
  const earliest = now.getTime() - firstWindowMs;
  if (!lookedAt) return new Date(earliest);
  const open = Object.values(words).filter((word) => !isOver(word));
  const starts = open.map(({ startedAt }) => (startedAt ? Date.parse(startedAt) : earliest));
  const known = starts.filter((start) => start > now.getTime() - 2 * patienceMs);
  return new Date(Math.max(earliest, Math.min(lookedAt.getTime(), ...known) - marginMs));
}

/** A sub-account may have been loaded more than once; what is no longer listed stays known for a day. */
export function mergeWords(before: LoadWords, listed: GhlSnapshotLoad[], now: Date): LoadWords {
  const words: LoadWords = {};
  for (const [locationId, word] of Object.entries(before)) {
    if (Date.parse(word.startedAt ?? '') > now.getTime() - firstWindowMs) words[locationId] = word;
  }
  for (const { locationId, status, startedAt } of listed.toSorted((a, b) => timeOf(a) - timeOf(b)))
    words[locationId] = { status, startedAt: startedAt?.toISOString() };
  return words;
}

const timeOf = ({ startedAt }: GhlSnapshotLoad) => startedAt?.getTime() ?? 0;
