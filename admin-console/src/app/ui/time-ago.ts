import { Component, computed, inject, input } from '@angular/core';
import { Now } from './now';
import { absoluteTime, relativeTime } from './time-words';

/** Relative and absolute time together: the one to feel, the other to quote. */
@Component({
  selector: 'app-time-ago',
  template: `
    <time [attr.datetime]="at()">
      <span>{{ ago() }}</span>
      <span class="full" [class.unseen]="brief()">{{ full() }}</span>
    </time>
  `,
  styles: `
    time > span:first-child {
      white-space: nowrap;
    }
    .full:not(.unseen) {
      margin-left: 6px;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
    }
  `,
  host: { '[attr.title]': 'brief() ? full() : null' },
})
export class TimeAgo {
  private readonly now = inject(Now);
  readonly at = input.required<string>();
  /** Shows the absolute time only on hover and to screen readers. */
  readonly brief = input(false);
  protected readonly ago = computed(() => relativeTime(this.at(), this.now.ms()));
  protected readonly full = computed(() => absoluteTime(this.at()));
}
