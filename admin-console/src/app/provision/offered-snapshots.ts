import type { Recommendation, Snapshot } from '../api/models';
import { matching, type LibraryFilter } from '../snapshots/library-filter';
import type { Candidate } from './fit-words';

export interface OfferedSnapshot {
  snapshot: Snapshot;
  /** How it was ranked for this business; the last of a long library are not. */
  candidate: Candidate | null;
  /** Its score beside that of the best one. */
  share: number;
}

/** Snapshots that fit the search, the best for the business first, then by name. Gone ones cannot be loaded. */
export function offeredSnapshots(
  items: readonly Snapshot[],
  recommendation: Recommendation | undefined,
  filter: Partial<LibraryFilter>,
): OfferedSnapshot[] {
  const ranking = recommendation?.ranking ?? [];
  const most = Math.max(0, ...ranking.map(({ score }) => score));
  const ranked = new Map(ranking.map((candidate, place) => [candidate.id, { candidate, place }]));
  const placeOf = ({ snapshot }: OfferedSnapshot) => ranked.get(snapshot.id)?.place ?? ranking.length;
  return matching(items, { ...filter, state: 'here' })
    .map((snapshot) => {
      const candidate = ranked.get(snapshot.id)?.candidate ?? null;
      return { snapshot, candidate, share: candidate && most > 0 ? candidate.score / most : 0 };
    })
    .sort((a, b) => placeOf(a) - placeOf(b) || a.snapshot.name.localeCompare(b.snapshot.name));
}
