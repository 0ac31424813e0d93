import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, output, signal, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatChipsModule } from '@angular/material/chips';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { listBatchRows } from '../api/fn/batches/list-batch-rows';
import type { BatchOutput as Batch, BatchRow, BatchRowsPage, BatchRowState } from '../api/models';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { CountedPipe } from '../ui/number.pipes';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { ROW_STATES, rowStatesOf } from './batch-words';
import { BatchesApi } from './batches.api';
import type { RowSnapshotAnswer, RowSnapshotQuestion } from './row-snapshot-dialog';

/** Problems that a person ends by choosing a snapshot. */
const lacksSnapshot = new Set(['no-snapshot-fits', 'snapshot-unknown', 'snapshot-ambiguous']);

/** The rows, a page at a time. What is shown stands in the address, so that a link to it shows a colleague the same. */
@Component({
  selector: 'app-batch-rows',
  imports: [
    CountedPipe,
    EmptyState,
    Loading,
    MatButton,
    MatChipsModule,
    MatFormFieldModule,
    MatIcon,
    MatIconButton,
    MatInput,
    Pager,
    ProblemBox,
    RouterLink,
    StatusChip,
  ],
  templateUrl: './batch-rows.html',
  styleUrl: './batch-rows.scss',
})
export class BatchRows {
  private readonly api = inject(BatchesApi);
  private readonly dialogs = inject(Dialogs);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);

  readonly batch = input.required<Batch>();
  readonly mayChange = input(false);
  readonly changed = output<Batch>();

  private readonly query = toSignal(this.route.queryParamMap, { requireSync: true });
  protected readonly states = computed(() => (this.query().get('rows') ?? '').split(',').filter(Boolean));
  protected readonly search = computed(() => this.query().get('search') ?? '');
  protected readonly code = computed(() => this.query().get('code') ?? '');
  /** The cursors that led to this page. */
  protected readonly trail = computed(() => this.query().getAll('trail'));
  protected readonly filtered = computed(() => this.states().length > 0 || this.search() !== '' || this.code() !== '');

  private readonly path = computed(() => listBatchRows.PATH.replace('{id}', encodeURIComponent(this.batch().id)));
  protected readonly resource = httpResource<BatchRowsPage>(() => ({
    url: this.path(),
    params: {
      limit: 50,
      ...(this.states().length && { state: this.states().join(',') }),
      ...(this.search() && { search: this.search() }),
      ...(this.code() && { code: this.code() }),
      ...(this.trail().length && { cursor: this.trail().at(-1)! }),
    },
  }));
  protected readonly page = kept(this.resource);
  protected readonly rows = computed(() =>
    (this.page()?.items ?? []).map((row) => ({
      ...{ ...row, words: ROW_STATES[row.state] },
      lacksSnapshot: row.issues.some(({ code }) => lacksSnapshot.has(code)),
    })),
  );
  protected readonly chips = computed(() =>
    rowStatesOf(this.batch().state)
      .map((state) => ({ state, label: ROW_STATES[state].label, rows: this.batch().counts[state] }))
      .filter(({ state, rows }) => rows > 0 || this.states().includes(state)),
  );
  protected readonly busy = signal(0);
  protected readonly problem = signal<unknown>(undefined);

  constructor() {
    // The batch was read again because something changed: so are its rows.
    let first = true;
    effect(() => {
      this.batch();
      if (!first) untracked(() => this.resource.reload());
      first = false;
    });
  }

  protected showStates(states: BatchRowState[]): void {
    this.show({ rows: states.join(',') || null });
  }

  protected find(search: string): void {
    if (search.trim() !== this.search()) this.show({ search: search.trim() || null });
  }

  protected showAll(): void {
    this.show({ rows: null, search: null, code: null });
  }

  protected turnTo(trail: string[]): void {
    this.go({ trail: trail.length ? trail : null });
  }

  protected exclude({ n }: BatchRow, excluded: boolean): Promise<void> {
    return this.change(n, () => this.api.exclude(this.batch().id, [n], excluded));
  }

  protected async choose(row: BatchRow): Promise<void> {
    const { id: batchId, connectionId } = this.batch();
    const { RowSnapshotDialog } = await import('./row-snapshot-dialog');
    const question: RowSnapshotQuestion = { batchId, connectionId: connectionId!, row };
    const dialog = await this.dialogs.open<RowSnapshotAnswer>(RowSnapshotDialog, question, 'wide');
    const answer = await firstValueFrom(dialog.afterClosed());
    if (answer) await this.take(row, answer);
  }

  protected take({ n }: BatchRow, answer: RowSnapshotAnswer): Promise<void> {
    return this.change(n, () => this.api.choose(this.batch().id, [n], answer === 'file' ? null : answer));
  }

  private async change(n: number, act: () => Promise<Batch>): Promise<void> {
    this.busy.set(n);
    this.problem.set(undefined);
    try {
      this.changed.emit(await act());
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(0);
    }
  }

  protected percent(share: number): string {
    return `${Math.round(share * 100)} %`;
  }

  /** A cursor belongs to the filter it was made with. */
  private show(change: Record<string, string | null>): void {
    this.go({ ...change, trail: null });
  }

  private go(queryParams: Record<string, string | string[] | null>): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams, queryParamsHandling: 'merge' });
  }
}
