import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { getJob } from '../api/fn/jobs/get-job';
import type { JobDetail, RunAction } from '../api/models';
import { reloadOnChange } from '../live/reload-on-change';
import { Session } from '../session/session';
import { PageTitle } from '../shell/page-title';
import { Confirm } from '../ui/confirm';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { JobChip } from './job-chip';
import { ended, explain, RUN_STATES } from './job-words';
import { JobsApi } from './jobs.api';
import { LiveLogViewer } from './live-log-viewer';
import { StepTimeline } from './step-timeline';
import { WatchedRun } from './watched-run';
import { ActorNamePipe } from '../session/actor-name.pipe';

const PERMISSIONS: Record<RunAction, string> = { retry: 'jobs.control', cancel: 'jobs.control', undo: 'jobs.undo' };

@Component({
  selector: 'app-job-detail',
  imports: [
    ActorNamePipe,
    JobChip,
    LiveLogViewer,
    Loading,
    MatButton,
    MatIcon,
    PageHeader,
    ProblemBox,
    RouterLink,
    StepTimeline,
    TimeAgo,
  ],
  providers: [WatchedRun],
  templateUrl: './job-detail.html',
  styleUrl: './job-detail.scss',
})
export class JobDetailPage {
  private readonly api = inject(JobsApi);
  private readonly confirm = inject(Confirm);
  private readonly title = inject(PageTitle);
  private readonly watched = inject(WatchedRun);
  private readonly session = inject(Session);

  readonly id = input.required<string>();

  protected readonly resource = httpResource<JobDetail>(() =>
    getJob.PATH.replace('{id}', encodeURIComponent(this.id())),
  );
  protected readonly job = kept(this.resource);
  protected readonly why = computed(() => {
    const job = this.job();
    return job ? explain(job) : null;
  });
  protected readonly over = computed(() => ended(this.job()?.state ?? 'running'));
  protected readonly tone = computed(() => RUN_STATES[this.job()?.state ?? 'running'].tone);
  protected readonly allowed = computed(() =>
    (this.job()?.actions ?? []).filter((action) => this.session.can(PERMISSIONS[action])),
  );
  protected readonly busy = signal('');
  protected readonly problem = signal<unknown>(undefined);
  /** Told to screen readers; failures at once, other changes when the reader is free. */
  protected readonly politeNews = signal('');
  protected readonly urgentNews = signal('');
  private lastState = '';

  constructor() {
    reloadOnChange(this.resource, this.watched.changes, 400);
    effect(() => this.watched.watch(this.id()));
    effect(() => this.watched.ended.set(this.over()));
    effect(() => this.title.name(this.job()?.title ?? 'Job'));
    effect(() => {
      const job = this.job();
      if (job) untracked(() => this.tellChange(job));
    });
  }

  protected retryRun(): Promise<void> {
    return this.act('retry', (id) => this.api.retry(id));
  }

  protected async cancelRun(): Promise<void> {
    const answer = await this.confirm.ask({
      heading: 'Cancel this job?',
      text: 'It stops before the next step. What is already made stays; you can undo it afterwards.',
      action: 'Cancel the job',
    });
    if (answer) await this.act('cancel', (id) => this.api.cancel(id));
  }

  protected async undoRun(job: JobDetail): Promise<void> {
    const answer = await this.confirm.ask({
      heading: 'Undo this job?',
      text: 'Switchyard removes exactly what this job made, last first, and nothing else. Where HighLevel does not allow that, it stops and says what to do by hand.',
      consequences: job.steps.filter((step) => step.canUndo).map((step) => `Takes back: ${step.title}`),
      action: 'Undo the job',
      typed: job.title,
    });
    if (answer) await this.act('undo', (id) => this.api.undo(id, answer));
  }

  private async act(name: string, call: (id: string) => Promise<JobDetail>): Promise<void> {
    this.busy.set(name);
    this.problem.set(undefined);
    try {
      this.resource.set(await call(this.id()));
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set('');
    }
  }

  private tellChange(job: JobDetail): void {
    const words = RUN_STATES[job.state].label;
    if (this.lastState && this.lastState !== job.state) {
      const bad = RUN_STATES[job.state].tone === 'bad';
      this.urgentNews.set(bad ? `${words}: ${explain(job)?.cause ?? ''}` : '');
      this.politeNews.set(bad ? '' : `The job is now: ${words}`);
    }
    this.lastState = job.state;
  }
}
