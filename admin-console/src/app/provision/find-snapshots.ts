import type { Recommendation, Snapshot } from '../api/models';

export interface FoundSnapshot {
  snapshot: Snapshot;
  confidence: number | null;
  reasons: string[];
}

/** Snapshots that fit the search, the best for the business first, then by name. Gone ones cannot be loaded. */
export function findSnapshots(
  items: readonly Snapshot[],
  recommendation: Recommendation | undefined,
  { search, vertical }: { search: string; vertical: string },
): FoundSnapshot[] {
  const ranked = new Map(recommendation?.ranking.map((entry) => [entry.id, entry]));
  const words = search.trim().toLowerCase();
  return items
    .filter((item) => !item.gone && (!vertical || item.vertical === vertical))
    .filter((item) => !words || [item.name, item.vertical, item.description].join(' ').toLowerCase().includes(words))
    .map((snapshot) => {
      const rank = ranked.get(snapshot.id);
      return { snapshot, confidence: rank?.confidence ?? null, reasons: rank?.reasons ?? [] };
    })
    .sort((a, b) => (b.confidence ?? -1) - (a.confidence ?? -1) || a.snapshot.name.localeCompare(b.snapshot.name));
}
