import { Component, computed, input } from '@angular/core';
import type { SnapshotQuality } from '../api/models';
import { counted, percent } from '../ui/number-words';
import { overrideWords, weekBars, weekWords } from './quality-words';

/** As many bars as a phone has room for; the table has every week. */
const DRAWN_WEEKS = 26;

/** Week by week, how often a person chose otherwise. */
@Component({
  selector: 'app-override-chart',
  template: `
    <div class="bars" role="img" [attr.aria-label]="label()">
      @for (bar of bars(); track bar.week) {
        <div class="week" [title]="bar.words">
          <span class="track">
            <span class="rate">{{ bar.shown }}</span>
            <span class="bar" [style.height.%]="bar.height"></span>
          </span>
          <span class="when">{{ bar.when }}</span>
        </div>
      }
    </div>
  `,
  styles: `
    .bars {
      display: flex;
      gap: 4px;
      height: 200px;
      max-width: 720px;
    }
    .week {
      flex: 1 1 0;
      max-width: 56px;
      min-width: 0;
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 4px;
      font: var(--mat-sys-label-small);
      white-space: nowrap;
    }
    .track {
      flex: 1;
      width: 100%;
      display: flex;
      flex-direction: column;
      justify-content: flex-end;
      align-items: center;
      /* Room for the words above a bar of full height. */
      padding-top: 18px;
      border-bottom: 1px solid var(--mat-sys-outline);
    }
    .bar {
      width: 100%;
      background: var(--sy-wait);
      border-radius: 3px 3px 0 0;
    }
    @media (max-width: 640px) {
      .rate {
        display: none;
      }
    }
    .when {
      color: var(--mat-sys-on-surface-variant);
      height: 16px;
    }
  `,
})
export class OverrideChart {
  readonly quality = input.required<SnapshotQuality>();

  protected readonly bars = computed(() => {
    const weeks = weekBars(this.quality().overrides).slice(-DRAWN_WEEKS);
    // More labels would run into each other on a phone.
    const every = Math.ceil(weeks.length / 8);
    return weeks.map(({ week, decided, overridden, rate }, index) => {
      const labelled = (weeks.length - 1 - index) % every === 0;
      return {
        week,
        height: (rate ?? 0) * 100,
        shown: rate === null || !labelled ? '' : percent(rate),
        when: labelled ? weekWords(week) : '',
        words: `${weekWords(week)}: ${counted(overridden)} of ${counted(decided)} overridden`,
      };
    });
  });
  protected readonly label = computed(() => `Override rate by week. ${overrideWords(this.quality())}`);
}
