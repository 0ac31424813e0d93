import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { listJobCauses } from '../api/fn/jobs/list-job-causes';
import type { JobCause, JobCauses } from '../api/models';
import { reloadOnChange } from '../live/reload-on-change';
import { Session } from '../session/session';
import { kept } from '../ui/kept';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { JobsApi } from './jobs.api';

/** Why jobs have stopped, one line a cause: what has one cause is put right at once and retried together. */
@Component({
  selector: 'app-stopped-causes',
  imports: [MatButton, MatIcon, ProblemBox, TimeAgo],
  templateUrl: './stopped-causes.html',
})
export class StoppedCauses {
  private readonly api = inject(JobsApi);
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  /** Goes up when jobs have changed. */
  readonly changes = input(0);
  readonly retried = output<void>();

  protected readonly resource = httpResource<JobCauses>(() => listJobCauses.PATH);
  private readonly view = kept(this.resource);
  protected readonly causes = computed(() => this.view()?.items ?? []);
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);

  constructor() {
    reloadOnChange(this.resource, this.changes, 2_000);
  }

  protected async retry({ code, step, state }: JobCause): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      const { retried, left } = await this.api.retryMany({ code, state, ...(step && { step }) });
      this.toast.say(left > 0 ? `${retried} jobs go on; ${left} are left for the next press` : `${retried} jobs go on`);
      this.resource.reload();
      this.retried.emit();
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }
}
