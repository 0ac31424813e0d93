import { Component, computed, inject } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { TimeAgo } from '../ui/time-ago';
import { BREAKER_PARTS } from './connection-words';
import { Connections } from './connections';

/** Says that HighLevel keeps failing and that calls are held back, so that nobody looks for the fault in a job. */
@Component({
  selector: 'app-breaker-banner',
  imports: [MatIcon, RouterLink, TimeAgo],
  template: `
    @if (since(); as since) {
      <div class="banner" role="status">
        <mat-icon>power_off</mat-icon>
        <span
          >HighLevel keeps failing for {{ parts() }} since <app-time-ago [at]="since" />. Calls are held back; jobs wait
          and go on by themselves. <a routerLink="/connect">See the connection</a></span
        >
      </div>
    }
  `,
  styles: `
    .banner {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 8px 12px;
      border-radius: 8px;
      background: var(--sy-wait-tint);
      color: var(--sy-wait);
    }
    a {
      color: inherit;
    }
  `,
})
export class BreakerBanner {
  private readonly connections = inject(Connections);
  private readonly breakers = computed(() => this.connections.view()?.items.flatMap((item) => item.breakers) ?? []);
  protected readonly parts = computed(() =>
    [...new Set(this.breakers().map(({ part }) => BREAKER_PARTS[part]))].join(', '),
  );
  protected readonly since = computed(
    () =>
      this.breakers()
        .map(({ since }) => since)
        .sort()[0],
  );
}
