import type { SnapshotQuality } from './feedback.schema.js';

/** Decisions whose confidence lies in one twentieth. */
export interface ConfidenceBin {
  bin: number;
  count: number;
  accepted: number;
  /** The sum of their confidences. */
  confidence: number;
}

const twentieths = Array.from({ length: 20 }, (_, bin) => bin);

export const sumOf = (bins: readonly ConfidenceBin[], of: 'count' | 'accepted' | 'confidence'): number =>
  bins.reduce((sum, bin) => sum + bin[of], 0);

/** A threshold that no decision reaches is left out: nothing is known of it. */
export function coverageAccuracyOf(bins: readonly ConfidenceBin[]): SnapshotQuality['coverageAccuracy'] {
  const decided = sumOf(bins, 'count');
  return twentieths.flatMap((from) => {
    const covered = bins.filter(({ bin }) => bin >= from);
    const count = sumOf(covered, 'count');
    if (count === 0) return [];
    return [{ threshold: from / 20, coverage: count / decided, accuracy: sumOf(covered, 'accepted') / count }];
  });
}

export function calibrationOf(bins: readonly ConfidenceBin[]): SnapshotQuality['calibration'] {
  return twentieths.slice(0, 10).flatMap((tenth) => {
    const inside = bins.filter(({ bin }) => Math.floor(bin / 2) === tenth);
    const count = sumOf(inside, 'count');
    if (count === 0) return [];
    const [meanConfidence, accuracy] = [sumOf(inside, 'confidence') / count, sumOf(inside, 'accepted') / count];
    return [{ from: tenth / 10, to: (tenth + 1) / 10, count, meanConfidence, accuracy }];
  });
}
