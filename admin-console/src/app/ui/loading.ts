import { Component, computed, input } from '@angular/core';

/** Grey bars where the content will be. Says what is being waited for: no spinner without a reason. */
@Component({
  selector: 'app-loading',
  template: `
    <p class="unseen" role="status">{{ what() }}</p>
    @for (bar of bars(); track bar) {
      <div class="bar" aria-hidden="true"></div>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
      padding: 8px 0;
    }
    .bar {
      height: 28px;
      border-radius: 6px;
      background: var(--sy-idle-tint);
      animation: breathe 1.4s ease-in-out infinite;
    }
    .bar:nth-child(odd) {
      width: 82%;
    }
    @keyframes breathe {
      50% {
        opacity: 0.45;
      }
    }
  `,
})
export class Loading {
  readonly what = input('Loading');
  readonly rows = input(4);
  protected readonly bars = computed(() => Array.from({ length: this.rows() }, (_, index) => index));
}
