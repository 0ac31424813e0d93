import { Component, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';

@Component({
  selector: 'app-stat-card',
  imports: [RouterLink],
  template: `
    <p class="label">{{ label() }}</p>
    <p class="value" [class.bad]="bad()">{{ value() }}</p>
    @if (link(); as link) {
      <a [routerLink]="link" [queryParams]="query()"
        >Show<span class="unseen"> {{ label() }}</span></a
      >
    } @else {
      <p class="muted small">{{ note() }}</p>
    }
  `,
  host: { class: 'card' },
  styles: `
    :host {
      padding: 12px 16px;
    }
    .label {
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-label-large);
    }
    .value {
      font: var(--mat-sys-headline-medium);
    }
    .bad {
      color: var(--sy-bad);
    }
    .small,
    a {
      font: var(--mat-sys-body-small);
    }
  `,
})
export class StatCard {
  readonly label = input.required<string>();
  readonly value = input.required<string | number>();
  readonly note = input('');
  readonly bad = input(false);
  readonly link = input<string>();
  readonly query = input<Params>();
}
