import { computed, DestroyRef, effect, inject, Service, signal } from '@angular/core';
import type { JobSummary } from '../api/models';
import { LiveSocket } from './live-socket';

const OFFLINE_POLL_MS = 5_000;

/** Newest known state of jobs, as the server tells it. Provided per page: it listens only while the page is open. */
@Service({ autoProvided: false })
export class WatchedJobs {
  private readonly live = inject(LiveSocket);
  private readonly told = signal<ReadonlyMap<string, JobSummary>>(new Map());

  /** Goes up when a page should ask again: something changed, or nobody could tell us that it did. */
  private readonly stirred = signal(0);
  readonly changes = computed(() => this.stirred());

  constructor() {
    const stop = this.live.on('jobs:changed', ({ jobs }) => this.hear(jobs));
    effect(() => {
      if (this.live.connections() > 0) this.live.emit('jobs:watch', {});
    });
    effect((onCleanup) => {
      if (this.live.connected()) return;
      const timer = setInterval(() => this.stirred.update((count) => count + 1), OFFLINE_POLL_MS);
      onCleanup(() => clearInterval(timer));
    });
    inject(DestroyRef).onDestroy(stop);
  }

  /** The same jobs, each in the newest state that was told. */
  refresh(jobs: readonly JobSummary[]): JobSummary[] {
    const told = this.told();
    return jobs.map((job) => {
      const newer = told.get(job.id);
      return newer && newer.updatedAt > job.updatedAt ? newer : job;
    });
  }

  private hear(jobs: readonly JobSummary[]): void {
    this.told.update((before) => new Map([...before, ...jobs.map((job) => [job.id, job] as const)]));
    this.stirred.update((count) => count + 1);
  }
}
