import { Component, computed, inject } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { Connections } from '../connect/connections';

/** Says which outside services are not the real ones, so that nobody takes a demo for the truth. */
@Component({
  selector: 'app-provider-banner',
  imports: [MatIcon],
  template: `
    @if (words(); as words) {
      <p class="banner"><mat-icon>science</mat-icon>{{ words }}</p>
    }
  `,
  styles: `
    .banner {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 4px 24px;
      background: var(--sy-wait-tint);
      color: var(--sy-wait);
      font: var(--mat-sys-label-large);
    }
  `,
})
export class ProviderBanner {
  private readonly connections = inject(Connections);
  protected readonly words = computed(() =>
    (this.connections.view()?.providers ?? [])
      .filter(({ mode }) => mode !== 'real')
      .map(({ title, mode }) => `${title}: ${mode}`)
      .join(' · '),
  );
}
