import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { toProblem } from '../http/problem';
import { CopyButton } from './copy-button';

/** A failure, in place and staying until it is dealt with; with the trace id that support will ask for. */
@Component({
  selector: 'app-problem-box',
  imports: [CopyButton, MatButton, MatIcon],
  template: `
    <mat-icon>error</mat-icon>
    <div class="words" role="alert">
      <strong>{{ problem().title }}</strong>
      @if (problem().detail && problem().detail !== problem().title) {
        <p>{{ problem().detail }}</p>
      }
      @if (problem().errors; as errors) {
        <ul>
          @for (error of errors; track $index) {
            <li>
              <code>{{ error.pointer }}</code> {{ error.detail }}
            </li>
          }
        </ul>
      }
    </div>
    <div class="row actions">
      @if (problem().traceId; as traceId) {
        <span class="trace"
          >Trace <code>{{ traceId }}</code></span
        >
        <app-copy-button [text]="traceId" label="Copy trace id" />
      }
      @if (canRetry()) {
        <button matButton="outlined" type="button" (click)="retry.emit()">Try again</button>
      }
      <ng-content />
    </div>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 4px 10px;
      padding: 12px 16px;
      border: 1px solid var(--sy-bad);
      border-radius: 10px;
      background: var(--sy-bad-tint);
      color: var(--mat-sys-on-surface);
    }
    mat-icon {
      color: var(--sy-bad);
    }
    .words {
      overflow-wrap: anywhere;
    }
    .actions {
      grid-column: 2;
    }
    .trace {
      font: var(--mat-sys-body-small);
    }
    ul {
      margin: 4px 0 0;
      padding-left: 18px;
    }
  `,
})
export class ProblemBox {
  readonly error = input.required<unknown>();
  readonly canRetry = input(true);
  readonly retry = output<void>();
  protected readonly problem = computed(() => toProblem(this.error()));
}
