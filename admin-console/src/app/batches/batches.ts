import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router, RouterLink } from '@angular/router';
import { listBatches } from '../api/fn/batches/list-batches';
import type { BatchesPage as BatchesPageView } from '../api/models';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedBatches } from '../live/watched-batches';
import { ActorNamePipe } from '../session/actor-name.pipe';
import { Session } from '../session/session';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { CountedPipe } from '../ui/number.pipes';
import { PageHeader } from '../ui/page-header';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { BatchBar } from './batch-bar';
import { notStarted, wordsOf } from './batch-words';

@Component({
  selector: 'app-batches',
  imports: [
    ActorNamePipe,
    BatchBar,
    CountedPipe,
    EmptyState,
    Loading,
    MatButton,
    MatIcon,
    PageHeader,
    Pager,
    ProblemBox,
    RouterLink,
    StatusChip,
    TimeAgo,
  ],
  providers: [WatchedBatches],
  templateUrl: './batches.html',
  styleUrl: './batches.scss',
})
export class BatchesPage {
  private readonly router = inject(Router);
  private readonly watched = inject(WatchedBatches);
  protected readonly session = inject(Session);

  /** The cursors that led to this page, as the address has them. */
  readonly trail = input<string | string[]>();
  protected readonly cursors = computed(() => [this.trail() ?? []].flat());
  protected readonly resource = httpResource<BatchesPageView>(() => ({
    url: listBatches.PATH,
    params: { limit: 25, ...(this.cursors().length && { cursor: this.cursors().at(-1) as string }) },
  }));
  protected readonly page = kept(this.resource);
  protected readonly batches = computed(() =>
    (this.page()?.items ?? []).map((batch) => ({
      ...batch,
      words: wordsOf(batch.state, batch.counts),
      begun: !notStarted(batch.state),
    })),
  );

  constructor() {
    reloadOnChange(this.resource, this.watched.changes, 3_000);
  }

  protected turnTo(trail: string[]): void {
    void this.router.navigate([], { queryParams: { trail } });
  }
}
