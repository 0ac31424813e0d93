import { Component, computed, input } from '@angular/core';
import type { SnapshotQuality } from '../api/models';
import { counted, percent } from '../ui/number-words';
import { PlotAxes } from './plot-axes';
import { across, up, VIEW_BOX } from './plot-scale';
import { calibrationWords } from './quality-words';

/** What was said to be likely, against how often it was right. */
@Component({
  selector: 'app-calibration-plot',
  imports: [PlotAxes],
  template: `
    <svg role="img" [attr.viewBox]="viewBox" [attr.aria-label]="label()">
      <g appPlotAxes horizontal="Said to be right" vertical="Was right"></g>
      <line class="diagonal" [attr.x1]="across(0)" [attr.x2]="across(1)" [attr.y1]="up(0)" [attr.y2]="up(1)" />
      <polyline [attr.points]="line()" />
      @for (point of points(); track point.from) {
        <circle [attr.r]="point.radius" [attr.cx]="point.x" [attr.cy]="point.y">
          <title>{{ point.words }}</title>
        </circle>
      }
    </svg>
  `,
  styleUrl: './plot.scss',
})
export class CalibrationPlot {
  readonly bins = input.required<SnapshotQuality['calibration']>();

  protected readonly viewBox = VIEW_BOX;
  protected readonly across = across;
  protected readonly up = up;
  protected readonly points = computed(() => {
    const most = Math.max(1, ...this.bins().map(({ count }) => count));
    return this.bins().map(({ from, count, meanConfidence, accuracy }) => ({
      from,
      x: across(meanConfidence),
      y: up(accuracy),
      // The area tells how many they are.
      radius: 3 + 6 * Math.sqrt(count / most),
      words: `${counted(count)} decisions: said ${percent(meanConfidence)}, right ${percent(accuracy)}`,
    }));
  });
  protected readonly line = computed(() =>
    this.points()
      .map(({ x, y }) => `${x},${y}`)
      .join(' '),
  );
  protected readonly label = computed(() => `Calibration. ${calibrationWords(this.bins())}`);
}
