import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { Snapshot, SnapshotLibrary } from '../api/models';
import { Session } from '../session/session';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { SnapshotsApi } from './snapshots.api';

@Component({
  selector: 'app-snapshots',
  imports: [
    EmptyState,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatInput,
    MatSelectModule,
    PageHeader,
    ProblemBox,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './snapshots.html',
  styleUrl: './snapshots.scss',
})
export class SnapshotsPage {
  private readonly api = inject(SnapshotsApi);
  private readonly dialogs = inject(Dialogs);
  private readonly router = inject(Router);
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  readonly search = input<string>();
  readonly vertical = input<string>();
  readonly type = input<string>();

  protected readonly resource = httpResource<SnapshotLibrary>(() => ({
    url: listSnapshots.PATH,
    params: this.filter(),
  }));
  protected readonly library = kept(this.resource);
  protected readonly filter = computed(() => ({
    ...(this.search() && { search: this.search() as string }),
    ...(this.vertical() && { vertical: this.vertical() as string }),
    ...(this.type() && { type: this.type() as string }),
  }));
  protected readonly filtered = computed(() => Object.keys(this.filter()).length > 0);
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);

  protected show(change: { search?: string | null; vertical?: string | null; type?: string | null }): void {
    void this.router.navigate([], { queryParams: change, queryParamsHandling: 'merge' });
  }

  protected async refresh(): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await this.api.refresh();
      this.resource.reload();
      this.toast.say('The library is up to date');
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }

  protected async annotate(snapshot: Snapshot): Promise<void> {
    const { AnnotationDialog } = await import('./annotation-dialog');
    const dialog = await this.dialogs.open<boolean>(AnnotationDialog, snapshot);
    if (await firstValueFrom(dialog.afterClosed())) this.resource.reload();
  }
}
