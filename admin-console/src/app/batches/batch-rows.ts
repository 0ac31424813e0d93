import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, output, signal, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatChipsModule } from '@angular/material/chips';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { listBatchRows } from '../api/fn/batches/list-batch-rows';
import type { BatchOutput as Batch, BatchRow, BatchRowsPage, BatchRowState } from '../api/models';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { CountedPipe } from '../ui/number.pipes';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { ROW_STATES, rowStatesOf } from './batch-words';
import { BatchesApi } from './batches.api';

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
    MatInput,
    ProblemBox,
    RouterLink,
    StatusChip,
  ],
  templateUrl: './batch-rows.html',
  styleUrl: './batch-rows.scss',
})
export class BatchRows {
  private readonly api = inject(BatchesApi);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);

  readonly batch = input.required<Batch>();
  readonly mayChange = input(false);
  readonly changed = output<Batch>();

  private readonly query = toSignal(this.route.queryParamMap, { requireSync: true });
  protected readonly states = computed(() => (this.query().get('rows') ?? '').split(',').filter(Boolean));
  protected readonly search = computed(() => this.query().get('search') ?? '');
  protected readonly code = computed(() => this.query().get('code') ?? '');
  protected readonly cursor = computed(() => this.query().get('cursor') ?? '');
  protected readonly back = computed(() => this.query().getAll('back'));
  protected readonly filtered = computed(() => this.states().length > 0 || this.search() !== '' || this.code() !== '');

  private readonly path = computed(() => listBatchRows.PATH.replace('{id}', encodeURIComponent(this.batch().id)));
  protected readonly resource = httpResource<BatchRowsPage>(() => ({
    url: this.path(),
    params: {
      limit: 50,
      ...(this.states().length && { state: this.states().join(',') }),
      ...(this.search() && { search: this.search() }),
      ...(this.code() && { code: this.code() }),
      ...(this.cursor() && { cursor: this.cursor() }),
    },
  }));
  protected readonly page = kept(this.resource);
  protected readonly rows = computed(() =>
    (this.page()?.items ?? []).map((row) => ({ ...row, words: ROW_STATES[row.state] })),
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

  protected nextPage(next: string): void {
    this.go({ cursor: next, back: [...this.back(), this.cursor()] });
  }

  protected previousPage(): void {
    const back = this.back();
    this.go({ cursor: back.at(-1) || null, back: back.length > 1 ? back.slice(0, -1) : null });
  }

  protected async exclude(row: BatchRow, excluded: boolean): Promise<void> {
    this.busy.set(row.n);
    this.problem.set(undefined);
    try {
      this.changed.emit(await this.api.exclude(this.batch().id, [row.n], excluded));
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
    this.go({ ...change, cursor: null, back: null });
  }

  private go(queryParams: Record<string, string | string[] | null>): void {
    void this.router.navigate([], { relativeTo: this.route, queryParams, queryParamsHandling: 'merge' });
  }
}
