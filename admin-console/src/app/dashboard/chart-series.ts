import type { Dashboard, RunState } from '../api/models';
import type { Tone } from '../ui/status-chip';

export interface Series {
  key: Tone;
  label: string;
  states: RunState[];
}

/** Nine states are too many colours for a bar; people ask five questions. */
export const SERIES: Series[] = [
  { key: 'ok', label: 'Done', states: ['done'] },
  { key: 'run', label: 'Under way', states: ['ready', 'running', 'undoing'] },
  { key: 'wait', label: 'Waiting', states: ['waiting'] },
  { key: 'bad', label: 'Failed or needs a person', states: ['failed', 'needs-human'] },
  { key: 'idle', label: 'Cancelled or undone', states: ['cancelled', 'undone'] },
];

export interface Bar {
  day: string;
  total: number;
  parts: { key: Tone; label: string; count: number; y: number; height: number }[];
  counts: number[];
}

/** Bars in a drawing of `height` units; the tallest day fills it. */
export function barsOf(overTime: Dashboard['overTime'], height: number): Bar[] {
  const days = overTime.map(({ day, counts }) => ({
    day,
    counts: SERIES.map(({ states }) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)),
  }));
  const tallest = Math.max(1, ...days.map(({ counts }) => sumOf(counts)));
  return days.map(({ day, counts }) => {
    let top = height;
    const parts = counts.flatMap((count, index) => {
      if (!count) return [];
      const tall = (count / tallest) * height;
      top -= tall;
      return [{ key: SERIES[index].key, label: SERIES[index].label, count, y: top, height: tall }];
    });
    return { day, total: sumOf(counts), parts, counts };
  });
}

const sumOf = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);
