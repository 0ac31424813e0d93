import { Component, computed, input } from '@angular/core';
import type { BatchCounts } from '../api/models';
import { counted } from '../ui/number-words';
import { sharesOf } from './batch-words';

/** How far a batch is, as one bar; the numbers beside it carry the meaning. */
@Component({
  selector: 'app-batch-bar',
  template: `
    <div class="bar" role="img" [attr.aria-label]="spoken()">
      @for (share of shares(); track share.label) {
        @if (share.rows) {
          <span [class]="share.tone" [style.flex-grow]="share.rows"></span>
        }
      }
    </div>
  `,
  styles: `
    .bar {
      display: flex;
      gap: 1px;
      height: 12px;
      border-radius: 6px;
      overflow: hidden;
      background: var(--sy-idle-tint);
    }
    span {
      min-width: 2px;
      background: var(--tone);
    }
    .ok {
      --tone: var(--sy-ok);
    }
    .run {
      --tone: var(--sy-run);
    }
    .wait {
      --tone: var(--sy-wait);
    }
    .bad {
      --tone: var(--sy-bad);
    }
    .idle {
      --tone: transparent;
    }
  `,
})
export class BatchBar {
  readonly counts = input.required<BatchCounts>();
  protected readonly shares = computed(() => sharesOf(this.counts()));
  protected readonly spoken = computed(() =>
    this.shares()
      .filter(({ rows }) => rows > 0)
      .map(({ label, rows }) => `${label}: ${counted(rows)}`)
      .join(', '),
  );
}
