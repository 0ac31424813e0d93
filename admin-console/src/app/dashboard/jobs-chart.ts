import { Component, computed, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Dashboard } from '../api/models';
import { barsOf, SERIES } from './chart-series';

const HEIGHT = 120;
const STEP = 24;

/** Jobs per day by how they stand now. The same numbers can be read as a table. */
@Component({
  selector: 'app-jobs-chart',
  imports: [MatButton],
  templateUrl: './jobs-chart.html',
  styleUrl: './jobs-chart.scss',
})
export class JobsChart {
  readonly overTime = input.required<Dashboard['overTime']>();
  protected readonly asTable = signal(false);
  protected readonly series = SERIES;
  protected readonly height = HEIGHT;
  protected readonly step = STEP;
  protected readonly bars = computed(() => barsOf(this.overTime(), HEIGHT));
  protected readonly width = computed(() => Math.max(1, this.bars().length) * STEP);
  protected readonly most = computed(() => Math.max(0, ...this.bars().map(({ total }) => total)));
  protected readonly summary = computed(() => {
    const totals = SERIES.map(({ label }, index) => {
      const count = this.bars().reduce((sum, bar) => sum + bar.counts[index], 0);
      return `${label}: ${count}`;
    });
    return `Jobs started on each of ${this.bars().length} days. ${totals.join(', ')}.`;
  });

  protected dayWords(day: string): string {
    return new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, {
      month: 'short',
      day: 'numeric',
      timeZone: 'UTC',
    });
  }

  /** Every label would be too many to read once there are more than two weeks. */
  protected labelled(index: number): boolean {
    const every = Math.ceil(this.bars().length / 10);
    return (this.bars().length - 1 - index) % every === 0;
  }
}
