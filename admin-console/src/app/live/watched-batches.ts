import { computed, DestroyRef, effect, inject, Service, signal } from '@angular/core';
import { LiveSocket } from './live-socket';

const OFFLINE_POLL_MS = 5_000;

/** Tells when a batch changed, as the server says it. Provided per page: it listens only while the page is open. */
@Service({ autoProvided: false })
export class WatchedBatches {
  private readonly live = inject(LiveSocket);

  /** Goes up when a page should ask again: a batch changed, or nobody could tell us that it did. */
  private readonly stirred = signal(0);
  readonly changes = computed(() => this.stirred());
  /** The only one that matters, when a page shows one. */
  readonly only = signal<string | undefined>(undefined);

  constructor() {
    const stop = this.live.on('batches:changed', ({ ids }) => {
      const only = this.only();
      if (only === undefined || ids.includes(only)) this.stir();
    });
    effect(() => {
      if (this.live.connections() > 0) this.live.emit('batches:watch', {});
    });
    effect((onCleanup) => {
      if (this.live.connected()) return;
      const timer = setInterval(() => this.stir(), OFFLINE_POLL_MS);
      onCleanup(() => clearInterval(timer));
    });
    inject(DestroyRef).onDestroy(stop);
  }

  private stir(): void {
    this.stirred.update((count) => count + 1);
  }
}
