import { Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';

@Component({
  selector: 'app-empty-state',
  imports: [MatIcon],
  template: `
    <mat-icon>{{ icon() }}</mat-icon>
    <h2>{{ heading() }}</h2>
    @if (text(); as text) {
      <p class="muted">{{ text }}</p>
    }
    <div class="row"><ng-content /></div>
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 8px;
      padding: 40px 16px;
      text-align: center;
    }
    mat-icon.material-symbols-outlined {
      font-size: 40px;
      width: 40px;
      height: 40px;
      color: var(--mat-sys-primary);
    }
    p {
      max-width: 60ch;
    }
    .row {
      justify-content: center;
      margin-top: 8px;
    }
  `,
})
export class EmptyState {
  readonly icon = input('inbox');
  readonly heading = input.required<string>();
  readonly text = input<string>();
}
