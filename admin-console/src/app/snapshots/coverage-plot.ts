import { Component, computed, input } from '@angular/core';
import type { SnapshotQuality } from '../api/models';
import { percent } from '../ui/number-words';
import { PlotAxes } from './plot-axes';
import { across, up, VIEW_BOX } from './plot-scale';
import { coverageWords, standing } from './quality-words';

/** How often it is right against how often it decides by itself; the agency's threshold is marked. */
@Component({
  selector: 'app-coverage-plot',
  imports: [PlotAxes],
  template: `
    <svg role="img" [attr.viewBox]="viewBox" [attr.aria-label]="label()">
      <g appPlotAxes horizontal="Decided without a person" vertical="Right"></g>
      <polyline [attr.points]="line()" />
      @for (point of points(); track point.threshold) {
        <circle r="3" [attr.cx]="point.x" [attr.cy]="point.y">
          <title>{{ point.words }}</title>
        </circle>
      }
      @if (here(); as here) {
        <line class="mark" [attr.x1]="here.x" [attr.x2]="here.x" [attr.y1]="up(0)" [attr.y2]="up(1)" />
        <circle class="mark" r="6" [attr.cx]="here.x" [attr.cy]="here.y" />
        <text
          [attr.text-anchor]="here.x > 200 ? 'end' : 'start'"
          [attr.x]="here.x + (here.x > 200 ? -10 : 10)"
          [attr.y]="up(0) - 8"
        >
          Your threshold: {{ percent(quality().threshold) }}
        </text>
      }
    </svg>
  `,
  styleUrl: './plot.scss',
})
export class CoveragePlot {
  readonly quality = input.required<SnapshotQuality>();

  protected readonly viewBox = VIEW_BOX;
  protected readonly up = up;
  protected readonly percent = percent;
  protected readonly points = computed(() => this.quality().coverageAccuracy.map(drawn));
  protected readonly line = computed(() =>
    [...this.points()]
      .sort((a, b) => a.x - b.x)
      .map(({ x, y }) => `${x},${y}`)
      .join(' '),
  );
  protected readonly here = computed(() => {
    const point = standing(this.quality());
    return point && drawn(point);
  });
  protected readonly label = computed(() => `Accuracy against coverage. ${coverageWords(this.quality())}`);
}

const drawn = (point: SnapshotQuality['coverageAccuracy'][number]) => ({
  threshold: point.threshold,
  x: across(point.coverage),
  y: up(point.accuracy),
  words: `Threshold ${percent(point.threshold)}: ${percent(point.coverage)} decided, ${percent(point.accuracy)} right`,
});
