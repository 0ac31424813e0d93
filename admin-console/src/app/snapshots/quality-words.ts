import type { SnapshotQuality } from '../api/models';
import { counted, percent } from '../ui/number-words';

type Curve = SnapshotQuality['coverageAccuracy'];
type Bins = SnapshotQuality['calibration'];
type Weeks = SnapshotQuality['overrides'];

/** Below this many decisions one more of them moves every figure. */
export const FEW = 30;

/** The point of the curve that the agency stands at: the highest threshold that is not above its own. */
export function standing({ coverageAccuracy, threshold }: Pick<SnapshotQuality, 'coverageAccuracy' | 'threshold'>) {
  return coverageAccuracy
    .filter((point) => point.threshold <= threshold + 1e-9)
    .reduce<Curve[number] | undefined>(
      (best, point) => (best && best.threshold > point.threshold ? best : point),
      undefined,
    );
}

export function coverageWords(quality: SnapshotQuality): string {
  const here = standing(quality);
  return here
    ? `From ${percent(quality.threshold)} on, as your agency has it, Switchyard decides ${percent(here.coverage)} of the cases by itself and is right in ${percent(here.accuracy)} of them.`
    : 'How many cases are decided without a person, and how many of them rightly, for each threshold.';
}

/** How far what was said is from what came true, each bin by its decisions. */
export function calibrationError(bins: Bins): number {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const off = bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.meanConfidence - bin.accuracy), 0);
  return all === 0 ? 0 : off / all;
}

export function calibrationWords(bins: Bins): string {
  return `A point on the diagonal means that what was said came true that often. On average they are ${percent(calibrationError(bins))} apart. A bigger point stands for more decisions.`;
}

export interface WeekBar {
  week: string;
  decided: number;
  overridden: number;
  /** Null in a week without decisions: no bar, and not the same as none overridden. */
  rate: number | null;
}

export const weekBars = (weeks: Weeks): WeekBar[] =>
  weeks.map(({ week, decided, overridden }) => ({
    ...{ week, decided, overridden },
    rate: decided === 0 ? null : overridden / decided,
  }));

export function overrideWords({ decided, overridden }: SnapshotQuality): string {
  return `A person chose otherwise in ${counted(overridden)} of ${counted(decided)} decisions (${percent(decided === 0 ? 0 : overridden / decided)}), by the week they were made in.`;
}

export const weekWords = (week: string): string =>
  new Date(`${week}T00:00:00Z`).toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });
