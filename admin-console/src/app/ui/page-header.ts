import { Component, input } from '@angular/core';

/** The page's one h1 and its actions. The shell moves the focus here after a change of page. */
@Component({
  selector: 'app-page-header',
  template: `
    <div class="words">
      <h1 tabindex="-1">{{ heading() }}</h1>
      @if (text(); as text) {
        <p class="muted">{{ text }}</p>
      }
    </div>
    <div class="row"><ng-content /></div>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      align-items: center;
      gap: 8px 16px;
    }
    .words {
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
})
export class PageHeader {
  readonly heading = input.required<string>();
  readonly text = input<string>();
}
