import { httpResource } from '@angular/common/http';
import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { getWorkers } from '../api/fn/workers/get-workers';
import type { Queue, Workers } from '../api/models';
import { ActorNamePipe } from '../session/actor-name.pipe';
import { Session } from '../session/session';
import { Confirm } from '../ui/confirm';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { duration } from '../ui/time-words';
import { KINDS, processWords, QUEUE_MODE_TEXT, QUEUE_MODES, QUEUES } from './worker-words';
import { type QueueAction, WorkersApi } from './workers.api';

const POLL_MS = 3_000;

/** Who works, on what, and how much waits: looked at again and again, since a killed process cannot tell. */
@Component({
  selector: 'app-workers',
  imports: [
    ActorNamePipe,
    EmptyState,
    Loading,
    MatButton,
    MatIcon,
    PageHeader,
    ProblemBox,
    RouterLink,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './workers.html',
  styleUrl: './workers.scss',
})
export class WorkersPage {
  private readonly api = inject(WorkersApi);
  private readonly confirm = inject(Confirm);
  protected readonly session = inject(Session);

  protected readonly resource = httpResource<Workers>(() => getWorkers.PATH);
  protected readonly workers = kept(this.resource);
  protected readonly queues = computed(() =>
    (this.workers()?.queues ?? []).map((queue) => ({
      ...queue,
      name: QUEUES[queue.queue],
      words: QUEUE_MODES[queue.mode],
      text: QUEUE_MODE_TEXT[queue.mode],
      age: queue.oldestDueMs === null ? '–' : duration(queue.oldestDueMs),
    })),
  );
  protected readonly processes = computed(() =>
    (this.workers()?.processes ?? []).map((process) => ({
      ...process,
      words: processWords(process),
      kindWords: KINDS[process.kind],
      heartbeat: duration(process.heartbeatAgeMs),
      jobs: process.jobs.map((job) => ({ ...job, held: duration(job.heldMs) })),
    })),
  );
  protected readonly busy = signal('');
  protected readonly problem = signal<unknown>(undefined);

  constructor() {
    const timer = setInterval(() => this.resource.reload(), POLL_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  protected async pause(queue: Queue): Promise<void> {
    const { label } = QUEUES[queue.queue];
    const answer = await this.confirm.ask({
      heading: `Pause the queue ${label}?`,
      text: 'Its jobs stop before their next turn and wait, those of this agency only. Calls that are on their way end first. Nothing is lost.',
      action: 'Pause the queue',
    });
    if (answer) await this.turn(queue, 'pause');
  }

  protected async turn({ queue }: Pick<Queue, 'queue'>, action: QueueAction): Promise<void> {
    this.busy.set(queue);
    this.problem.set(undefined);
    try {
      await this.api.turn(queue, action);
      this.resource.reload();
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set('');
    }
  }
}
