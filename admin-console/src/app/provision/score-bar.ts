import { Component, computed, input } from '@angular/core';
import { percent } from '../ui/number-words';

/** A share as a bar. The words beside it carry the meaning; the label is for whoever cannot see it. */
@Component({
  selector: 'app-score-bar',
  template: `<span [style.width.%]="width()"></span>`,
  host: { role: 'img', '[attr.aria-label]': 'spoken()' },
  styles: `
    :host {
      display: block;
      height: 8px;
      border-radius: 4px;
      overflow: hidden;
      background: var(--sy-idle-tint);
    }
    span {
      display: block;
      height: 100%;
      background: var(--sy-run);
    }
  `,
})
export class ScoreBar {
  readonly label = input.required<string>();
  /** 0 to 1. */
  readonly share = input.required<number>();
  private readonly shown = computed(() => Math.min(1, Math.max(0, this.share())));
  protected readonly width = computed(() => this.shown() * 100);
  protected readonly spoken = computed(() => `${this.label()}: ${percent(this.shown())}`);
}
