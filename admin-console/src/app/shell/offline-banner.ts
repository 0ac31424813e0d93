import { Component, computed, effect, inject, signal } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { LiveSocket } from '../live/live-socket';

/** Shows after a moment without live updates; a quick reconnect does not make the page jump. */
@Component({
  selector: 'app-offline-banner',
  imports: [MatIcon],
  template: `
    <div role="status">
      @if (visible()) {
        <p class="banner">
          <mat-icon>cloud_off</mat-icon>Live updates are interrupted. Trying again; meanwhile pages ask every few
          seconds.
        </p>
      }
    </div>
  `,
  styles: `
    .banner {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 4px 24px;
      background: var(--sy-bad-tint);
      color: var(--sy-bad);
      font: var(--mat-sys-label-large);
    }
  `,
})
export class OfflineBanner {
  private readonly live = inject(LiveSocket);
  private readonly longEnough = signal(false);
  protected readonly visible = computed(() => this.live.state() === 'lost' && this.longEnough());

  constructor() {
    effect((onCleanup) => {
      const lost = this.live.state() === 'lost';
      if (!lost) return this.longEnough.set(false);
      const timer = setTimeout(() => this.longEnough.set(true), 1_500);
      onCleanup(() => clearTimeout(timer));
    });
  }
}
