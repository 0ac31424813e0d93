import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatSelectModule } from '@angular/material/select';
import { Router, RouterLink } from '@angular/router';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { SnapshotLibrary } from '../api/models';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedJobs } from '../live/watched-jobs';
import { Session } from '../session/session';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { CountedPipe } from '../ui/number.pipes';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { LIBRARY_STATES, matching, type LibraryFilter } from './library-filter';
import { LibraryFilters } from './library-filters';
import { SnapshotCard } from './snapshot-card';
import { SnapshotsApi } from './snapshots.api';

const OLD_AFTER_S = 24 * 60 * 60;

/** The library. It is read whole, so that every filter answers at once. */
@Component({
  selector: 'app-snapshots',
  imports: [
    CountedPipe,
    EmptyState,
    LibraryFilters,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatSelectModule,
    PageHeader,
    ProblemBox,
    RouterLink,
    SnapshotCard,
    TimeAgo,
  ],
  providers: [WatchedJobs],
  templateUrl: './snapshots.html',
  styleUrl: './snapshots.scss',
})
export class SnapshotsPage {
  private readonly api = inject(SnapshotsApi);
  private readonly router = inject(Router);
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  readonly search = input<string>();
  readonly vertical = input<string>();
  readonly language = input<string>();
  readonly type = input<string>();
  readonly state = input<string>();

  /** What stands in the search box: it answers to every key, and the address learns it at the end. */
  protected readonly words = linkedSignal(() => this.search() ?? '');
  protected readonly resource = httpResource<SnapshotLibrary>(() => listSnapshots.PATH);
  protected readonly library = kept(this.resource);
  protected readonly items = computed(() => this.library()?.items ?? []);
  protected readonly found = computed(() =>
    matching(this.items(), {
      search: this.words(),
      vertical: this.vertical(),
      language: this.language(),
      type: this.type(),
      state: this.state(),
    }),
  );
  protected readonly states = LIBRARY_STATES;
  protected readonly bare = computed(() => matching(this.items(), { state: 'bare' }).length);
  protected readonly old = computed(() => (this.library()?.ageSeconds ?? 0) > OLD_AFTER_S);
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);

  constructor() {
    // A job that ends is a load that ends.
    reloadOnChange(this.resource, inject(WatchedJobs).changes, 3_000);
  }

  /** In the address, so that a link shows a colleague the same. */
  protected show(change: Partial<Record<keyof LibraryFilter, string | null>>): void {
    void this.router.navigate([], { queryParams: change, queryParamsHandling: 'merge' });
  }

  protected showAll(): void {
    void this.router.navigate([], { queryParams: {} });
  }

  protected async refresh(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      this.resource.set(await this.api.refresh());
      this.toast.say('The library is up to date');
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }
}
