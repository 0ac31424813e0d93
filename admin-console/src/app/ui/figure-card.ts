import { Component, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

let cards = 0;

/** A drawing with the same numbers as a table, for whoever cannot or will not read a drawing. */
@Component({
  selector: 'app-figure-card',
  imports: [MatButton],
  template: `
    <div class="row spread">
      <h2 [id]="id">{{ heading() }}</h2>
      <button matButton type="button" (click)="asTable.set(!asTable())">
        {{ asTable() ? 'Show as chart' : 'Show as table' }}<span class="unseen"> {{ heading() }}</span>
      </button>
    </div>
    <p class="muted">{{ text() }}</p>
    @if (asTable()) {
      <div class="table-scroll" tabindex="0" role="region" [attr.aria-label]="heading() + ', as a table'">
        <ng-content select="table" />
      </div>
    } @else {
      <ng-content />
    }
  `,
  host: { class: 'card', role: 'region', '[attr.aria-labelledby]': 'id' },
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
      min-width: 0;
    }
  `,
})
export class FigureCard {
  readonly heading = input.required<string>();
  /** What the drawing says, in a sentence. */
  readonly text = input.required<string>();
  protected readonly asTable = signal(false);
  protected readonly id = `figure-${++cards}`;
}
