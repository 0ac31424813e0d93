import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { Snapshot, SnapshotLibrary } from '../api/models';
import { Session } from '../session/session';
import { PageTitle } from '../shell/page-title';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import type { HoldsChanges } from '../ui/unsaved-changes.guard';
import { AnnotationForm } from './annotation-form';
import { languageName, verticalsOf } from './library-filter';
import { SnapshotLoads } from './snapshot-loads';

/** One snapshot: what the agency notes about it, and where it was loaded. */
@Component({
  selector: 'app-snapshot-detail',
  imports: [
    AnnotationForm,
    EmptyState,
    Loading,
    MatButton,
    MatIcon,
    PageHeader,
    ProblemBox,
    RouterLink,
    SnapshotLoads,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './snapshot-detail.html',
  styleUrl: './snapshot-detail.scss',
  host: { '(window:beforeunload)': 'warnBeforeClosing($event)' },
})
export class SnapshotDetailPage implements HoldsChanges {
  private readonly title = inject(PageTitle);
  protected readonly session = inject(Session);

  readonly id = input.required<string>();

  protected readonly resource = httpResource<SnapshotLibrary>(() => listSnapshots.PATH);
  protected readonly library = kept(this.resource);
  protected readonly items = computed(() => this.library()?.items ?? []);
  protected readonly verticals = computed(() => verticalsOf(this.items()));
  protected readonly snapshot = computed(() => this.items().find(({ id }) => id === this.id()));
  protected readonly language = languageName;
  private readonly editor = viewChild(AnnotationForm);
  readonly unsaved = computed(() => this.editor()?.unsaved() ?? false);

  constructor() {
    effect(() => this.title.name(this.snapshot()?.name ?? 'Snapshot'));
  }

  protected warnBeforeClosing(event: Event): void {
    if (this.unsaved()) event.preventDefault();
  }

  protected take(saved: Snapshot): void {
    this.resource.update(
      (library) =>
        library && {
          ...library,
          items: library.items.map((each) =>
            each.id === saved.id && each.connectionId === saved.connectionId ? saved : each,
          ),
        },
    );
  }
}
