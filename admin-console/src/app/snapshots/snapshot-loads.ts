import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { listSnapshotLoads } from '../api/fn/snapshots/list-snapshot-loads';
import type { SnapshotLoadsPage } from '../api/models';
import type { StateWords } from '../jobs/job-words';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedJobs } from '../live/watched-jobs';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';

type LoadState = SnapshotLoadsPage['items'][number]['state'];

const STATES: Record<LoadState, StateWords> = {
  done: { label: 'Loaded', icon: 'check_circle', tone: 'ok' },
  'under-way': { label: 'Under way', icon: 'play_circle', tone: 'run' },
  failed: { label: 'Failed', icon: 'error', tone: 'bad' },
};

/** The sub-accounts that this snapshot was loaded into, newest first, each with the job that did it. */
@Component({
  selector: 'app-snapshot-loads',
  imports: [Loading, Pager, ProblemBox, RouterLink, StatusChip, TimeAgo],
  providers: [WatchedJobs],
  templateUrl: './snapshot-loads.html',
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-direction: column;
      gap: 2px;
      padding: 8px 0;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sy-line);
    }
  `,
})
export class SnapshotLoads {
  readonly snapshotId = input.required<string>();

  protected readonly trail = signal<string[]>([]);
  protected readonly resource = httpResource<SnapshotLoadsPage>(() => ({
    url: listSnapshotLoads.PATH.replace('{id}', encodeURIComponent(this.snapshotId())),
    params: { limit: 20, ...(this.trail().length && { after: this.trail().at(-1) as string }) },
  }));
  protected readonly page = kept(this.resource);
  protected readonly loads = computed(() =>
    (this.page()?.items ?? []).map((load) => ({ ...load, words: STATES[load.state] })),
  );

  constructor() {
    reloadOnChange(this.resource, inject(WatchedJobs).changes, 3_000);
  }
}
