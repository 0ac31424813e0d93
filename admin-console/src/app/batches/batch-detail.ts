import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatMenuModule } from '@angular/material/menu';
import { MatProgressBar } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';
import { getBatch } from '../api/fn/batches/get-batch';
import type { BatchOutput as Batch, BatchAction, RetryBatch } from '../api/models';
import { newSubmissionKey } from '../http/idempotency';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedBatches } from '../live/watched-batches';
import { ActorNamePipe } from '../session/actor-name.pipe';
import { Session } from '../session/session';
import { PageTitle } from '../shell/page-title';
import { Confirm } from '../ui/confirm';
import { kept } from '../ui/kept';
import { Connections } from '../connect/connections';
import { Loading } from '../ui/loading';
import { counted } from '../ui/number-words';
import { CountedPipe } from '../ui/number.pipes';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { BatchColumns } from './batch-columns';
import { BatchDefaultsForm } from './batch-defaults';
import { BatchPlanCard } from './batch-plan';
import { BatchProgressCard } from './batch-progress';
import { BatchRows } from './batch-rows';
import { ACTION_PERMISSIONS, atWork, notStarted, wordsOf } from './batch-words';
import { BatchesApi } from './batches.api';

const WORK_POLL_MS = 1_000;

/** A batch from its first check to its last row; what is shown follows its state. */
@Component({
  selector: 'app-batch-detail',
  imports: [
    ActorNamePipe,
    BatchColumns,
    BatchDefaultsForm,
    BatchPlanCard,
    BatchProgressCard,
    BatchRows,
    CountedPipe,
    Loading,
    MatButton,
    MatIcon,
    MatMenuModule,
    MatProgressBar,
    PageHeader,
    ProblemBox,
    RouterLink,
    StatusChip,
    TimeAgo,
  ],
  providers: [WatchedBatches],
  templateUrl: './batch-detail.html',
  styleUrl: './batch-detail.scss',
})
export class BatchDetailPage {
  private readonly api = inject(BatchesApi);
  private readonly confirm = inject(Confirm);
  private readonly connections = inject(Connections);
  private readonly session = inject(Session);
  private readonly title = inject(PageTitle);
  private readonly watched = inject(WatchedBatches);

  readonly id = input.required<string>();

  protected readonly path = computed(() => getBatch.PATH.replace('{id}', encodeURIComponent(this.id())));
  protected readonly resource = httpResource<Batch>(() => this.path());
  protected readonly batch = kept(this.resource);
  protected readonly state = computed(() => this.batch()?.state ?? 'checking');
  protected readonly words = computed(() => {
    const batch = this.batch();
    return batch && wordsOf(batch.state, batch.counts);
  });
  protected readonly planning = computed(() => notStarted(this.state()));
  protected readonly needsConnection = computed(() => this.batch()?.missingFields.includes('connection') ?? false);
  protected readonly severalConnections = computed(() => this.connections.usable().length > 1);
  protected readonly busy = signal('');
  protected readonly problem = signal<unknown>(undefined);
  /** Told to screen readers when the batch moves on. */
  protected readonly news = signal('');
  private startKey = newSubmissionKey();
  private lastLabel = '';

  constructor() {
    effect(() => this.watched.only.set(this.id()));
    reloadOnChange(this.resource, this.watched.changes, 1_500);
    effect((onCleanup) => {
      if (!atWork(this.state())) return;
      const timer = setInterval(() => this.resource.reload(), WORK_POLL_MS);
      onCleanup(() => clearInterval(timer));
    });
    effect(() => this.title.name(this.batch()?.title ?? 'Batch'));
    effect(() => {
      const label = this.words()?.label;
      if (label) untracked(() => this.tellChange(label));
    });
  }

  protected can(action: BatchAction): boolean {
    return (this.batch()?.actions.includes(action) ?? false) && this.session.can(ACTION_PERMISSIONS[action]);
  }

  protected shareOf(work: { done: number; total: number }): number {
    return work.total === 0 ? 0 : (100 * work.done) / work.total;
  }

  protected checkAgain(): Promise<void> {
    return this.act('change', () => this.api.change(this.id(), {}));
  }

  protected start(batch: Batch): Promise<void> {
    return this.act('start', () => this.api.start(batch.id, batch.plan!.planHash, this.startKey));
  }

  protected pause(): Promise<void> {
    return this.act('pause', () => this.api.pause(this.id()));
  }

  protected resume(): Promise<void> {
    return this.act('resume', () => this.api.resume(this.id()));
  }

  protected retry(group: RetryBatch): Promise<void> {
    return this.act('retry', () => this.api.retry(this.id(), group));
  }

  protected async cancel(): Promise<void> {
    const answer = await this.confirm.ask({
      heading: 'Cancel this batch?',
      text: 'Rows that have not begun never will. Those under way stop before their next step. What is already made stays; you can undo it afterwards.',
      action: 'Cancel the batch',
    });
    if (answer) await this.act('cancel', () => this.api.cancel(this.id()));
  }

  protected async undo(batch: Batch): Promise<void> {
    const answer = await this.confirm.ask({
      heading: 'Undo this batch?',
      text: 'Switchyard removes exactly what this batch made and nothing else: sub-accounts that were taken over stay. Where HighLevel does not allow a removal, the row says what to do by hand.',
      consequences: [`Rows that made something: up to ${counted(batch.counts.total - batch.counts.excluded)}`],
      action: 'Undo the batch',
      typed: batch.title,
    });
    if (answer) await this.act('undo', () => this.api.undo(batch.id, answer));
  }

  /** Every answer is the batch as it now is, so it is shown at once. */
  protected async act(name: string, call: () => Promise<Batch>): Promise<void> {
    this.busy.set(name);
    this.problem.set(undefined);
    try {
      this.resource.set(await call());
    } catch (error) {
      this.problem.set(error);
      // The plan may have gone stale, or somebody else may have been quicker: show how it is now.
      this.startKey = newSubmissionKey();
      this.resource.reload();
    } finally {
      this.busy.set('');
    }
  }

  protected changed(batch: Batch): void {
    this.resource.set(batch);
  }

  private tellChange(label: string): void {
    if (this.lastLabel && this.lastLabel !== label) this.news.set(`The batch is now: ${label}`);
    this.lastLabel = label;
  }
}
