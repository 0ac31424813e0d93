import { BreakpointObserver } from '@angular/cdk/layout';
import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatChipsModule } from '@angular/material/chips';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatProgressBar } from '@angular/material/progress-bar';
import { MatTableModule } from '@angular/material/table';
import { Router, RouterLink } from '@angular/router';
import { map } from 'rxjs';
import { listJobs } from '../api/fn/jobs/list-jobs';
import type { JobsPage as JobsPageView, RunState } from '../api/models';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedJobs } from '../live/watched-jobs';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { JobChip } from './job-chip';
import { JobStatusCard } from './job-status-card';
import { ALL_RUN_STATES, explain, RUN_STATES } from './job-words';
import { readJobsUrl, refilter, requestOf, writeJobsUrl, type JobsFilter } from './jobs-filter';
import { StoppedCauses } from './stopped-causes';
import { ActorNamePipe } from '../session/actor-name.pipe';

@Component({
  selector: 'app-jobs',
  imports: [
    ActorNamePipe,
    EmptyState,
    JobChip,
    JobStatusCard,
    Loading,
    MatButton,
    MatChipsModule,
    MatFormFieldModule,
    MatIcon,
    MatInput,
    MatProgressBar,
    MatTableModule,
    PageHeader,
    Pager,
    ProblemBox,
    RouterLink,
    StoppedCauses,
    TimeAgo,
  ],
  providers: [WatchedJobs],
  templateUrl: './jobs.html',
  styleUrl: './jobs.scss',
})
export class JobsPage {
  private readonly router = inject(Router);
  protected readonly watched = inject(WatchedJobs);

  readonly state = input<string | string[]>();
  readonly search = input<string>();
  readonly attention = input<string>();
  readonly trail = input<string | string[]>();

  protected readonly filter = computed(() =>
    readJobsUrl({ state: this.state(), search: this.search(), attention: this.attention(), trail: this.trail() }),
  );
  protected readonly filtered = computed(() => {
    const { states, search, attention } = this.filter();
    return states.length > 0 || search !== '' || attention;
  });
  /** Whoever asks for what needs attention wants to see what they have in common. */
  protected readonly showsStopped = computed(() => {
    const { states, attention } = this.filter();
    return attention || states.includes('failed') || states.includes('needs-human');
  });
  protected readonly jobs = httpResource<JobsPageView>(() => ({
    url: listJobs.PATH,
    params: requestOf(this.filter()),
  }));
  protected readonly page = kept(this.jobs);
  protected readonly rows = computed(() => this.watched.refresh(this.page()?.items ?? []));
  protected readonly columns = ['state', 'title', 'steps', 'updated', 'created'];
  protected readonly states = ALL_RUN_STATES.map((state) => ({ state, label: RUN_STATES[state].label }));
  protected readonly explain = explain;
  protected readonly narrow = toSignal(
    inject(BreakpointObserver)
      .observe('(max-width: 760px)')
      .pipe(map(({ matches }) => matches)),
    { initialValue: false },
  );

  constructor() {
    reloadOnChange(this.jobs, this.watched.changes, 2_000);
  }

  protected showStates(states: RunState[]): void {
    this.show(refilter(this.filter(), { states }));
  }

  protected showAttention(attention: boolean): void {
    this.show(refilter(this.filter(), { attention }));
  }

  protected find(search: string): void {
    if (search.trim() !== this.filter().search) this.show(refilter(this.filter(), { search: search.trim() }));
  }

  protected showAll(): void {
    this.show(refilter(this.filter(), { states: [], search: '', attention: false }));
  }

  protected turnTo(trail: string[]): void {
    this.show({ ...this.filter(), trail });
  }

  private show(filter: JobsFilter): void {
    void this.router.navigate([], { queryParams: writeJobsUrl(filter), queryParamsHandling: 'merge' });
  }
}
