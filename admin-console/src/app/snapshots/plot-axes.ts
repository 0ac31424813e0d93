import { Component, input } from '@angular/core';
import { percent } from '../ui/number-words';
import { across, PLOT, up } from './plot-scale';

/** Both axes of a drawing, from none to all. */
@Component({
  selector: 'svg:g[appPlotAxes]',
  template: `
    @for (share of shares; track share) {
      <svg:line class="grid" [attr.x1]="across(0)" [attr.x2]="across(1)" [attr.y1]="up(share)" [attr.y2]="up(share)" />
      <svg:text text-anchor="end" [attr.x]="across(0) - 6" [attr.y]="up(share) + 4">{{ percent(share) }}</svg:text>
      <svg:text text-anchor="middle" [attr.x]="across(share)" [attr.y]="up(0) + 15">{{ percent(share) }}</svg:text>
    }
    <svg:text class="name" text-anchor="middle" [attr.x]="across(0.5)" [attr.y]="plot.height - 6">
      {{ horizontal() }}
    </svg:text>
    <svg:text class="name" text-anchor="middle" [attr.transform]="'translate(12 ' + up(0.5) + ') rotate(-90)'">
      {{ vertical() }}
    </svg:text>
  `,
  styles: `
    .grid {
      stroke: var(--sy-line);
    }
    text {
      fill: var(--mat-sys-on-surface-variant);
      font-size: 11px;
    }
    .name {
      fill: var(--mat-sys-on-surface);
    }
    @media (max-width: 640px) {
      text {
        font-size: 13px;
      }
    }
  `,
})
export class PlotAxes {
  readonly horizontal = input.required<string>();
  readonly vertical = input.required<string>();
  protected readonly plot = PLOT;
  protected readonly shares = [0, 0.25, 0.5, 0.75, 1];
  protected readonly across = across;
  protected readonly up = up;
  protected readonly percent = percent;
}
