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

/** HighLevel takes a hundred calls in ten seconds. */
const callMs = 100;
/** Above that many loads a list has a second page, or may have one. */
const loadsOfOnePage = 20;

/**
 * Calls that the loads of one snapshot cost: a list at every poll, which they share, for as long as the agency's calls and the
 * last load take; and for each load the question what was loaded. One that is alone is asked at every poll.
 */
export function countLoadCalls(loads: number, loadMs: number, companyCalls: number, pollMs: number): number {
  if (loads === 0) return 0;
  const polls = Math.max(1, Math.ceil(loadMs / pollMs));
  if (loads === 1) return 2 * polls;
  const shared = Math.ceil((companyCalls * callMs + loadMs) / pollMs) + 1;
  return Math.min(2 * polls * loads, loads + shared * (loads > loadsOfOnePage ? 2 : 1));
}
