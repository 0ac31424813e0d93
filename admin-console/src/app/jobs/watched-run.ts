import { DestroyRef, effect, inject, Service, signal } from '@angular/core';
import { LiveSocket } from '../live/live-socket';

const OFFLINE_POLL_MS = 3_000;

/** Says when a job's page should read it again. Watching for lines is the log's matter; this hears only changes. */
@Service({ autoProvided: false })
export class WatchedRun {
  private readonly live = inject(LiveSocket);
  private readonly runId = signal('');
  private readonly stirred = signal(0);
  readonly changes = this.stirred.asReadonly();
  readonly ended = signal(false);

  constructor() {
    const stop = this.live.on('run:changed', ({ runId }) => {
      if (runId === this.runId()) this.stir();
    });
    effect(() => {
      // After a reconnect something may have changed that nobody told us.
      if (this.live.connections() > 1) this.stir();
    });
    effect((onCleanup) => {
      if (this.live.connected() || this.ended()) return;
      const poll = setInterval(() => this.stir(), OFFLINE_POLL_MS);
      onCleanup(() => clearInterval(poll));
    });
    inject(DestroyRef).onDestroy(stop);
  }

  watch(runId: string): void {
    this.runId.set(runId);
  }

  private stir(): void {
    this.stirred.update((count) => count + 1);
  }
}
