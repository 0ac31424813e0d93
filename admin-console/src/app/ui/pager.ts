import { Component, input, model } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';

/** Back and forth in a list that the server reads by cursor. Not there while one page holds everything. */
@Component({
  selector: 'app-pager',
  imports: [MatButton, MatIcon],
  template: `
    @if (trail().length || next()) {
      <nav class="row" [attr.aria-label]="label()">
        <button matButton="outlined" type="button" [disabled]="!trail().length" (click)="goBack()">
          <mat-icon>chevron_left</mat-icon>{{ backward() }}
        </button>
        <span class="muted">Page {{ trail().length + 1 }}</span>
        <button matButton="outlined" type="button" [disabled]="!next()" (click)="goOn()">
          {{ forward() }}<mat-icon iconPositionEnd>chevron_right</mat-icon>
        </button>
      </nav>
    }
  `,
})
export class Pager {
  readonly label = input('Pages');
  readonly backward = input('Newer');
  readonly forward = input('Older');
  /** The cursor of the page after this one. */
  readonly next = input.required<string | null>();
  /** The cursors that led here, the last one to this page; none on the first page. */
  readonly trail = model.required<string[]>();

  protected goBack(): void {
    this.trail.update((trail) => trail.slice(0, -1));
  }

  protected goOn(): void {
    const next = this.next();
    if (next) this.trail.update((trail) => [...trail, next]);
  }
}
