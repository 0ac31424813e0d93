import { Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';

export type Tone = 'ok' | 'run' | 'wait' | 'bad' | 'idle';

/** A state in a word, with an icon and a tint. */
@Component({
  selector: 'app-status-chip',
  imports: [MatIcon],
  template: `<mat-icon>{{ icon() }}</mat-icon
    ><span>{{ label() }}</span>`,
  host: { '[class]': 'tone()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      padding: 2px 8px 2px 6px;
      border-radius: 999px;
      font: var(--mat-sys-label-medium);
      white-space: nowrap;
      color: var(--tone);
      background: var(--tint);
    }
    :host(.ok) {
      --tone: var(--sy-ok);
      --tint: var(--sy-ok-tint);
    }
    :host(.run) {
      --tone: var(--sy-run);
      --tint: var(--sy-run-tint);
    }
    :host(.wait) {
      --tone: var(--sy-wait);
      --tint: var(--sy-wait-tint);
    }
    :host(.bad) {
      --tone: var(--sy-bad);
      --tint: var(--sy-bad-tint);
    }
    :host(.idle) {
      --tone: var(--sy-idle);
      --tint: var(--sy-idle-tint);
    }
    mat-icon.material-symbols-outlined {
      font-size: 16px;
      width: 16px;
      height: 16px;
    }
  `,
})
export class StatusChip {
  readonly tone = input<Tone>('idle');
  readonly icon = input('circle');
  readonly label = input.required<string>();
}
