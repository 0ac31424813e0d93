import { Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { JobSummary } from '../api/models';
import { TimeAgo } from '../ui/time-ago';
import { JobChip } from './job-chip';
import { explain } from './job-words';
import { ActorNamePipe } from '../session/actor-name.pipe';

/** A job in short: its state, why, and what to do next. */
@Component({
  selector: 'app-job-status-card',
  imports: [ActorNamePipe, JobChip, RouterLink, TimeAgo],
  template: `
    <div class="row spread">
      <a class="title" [routerLink]="['/jobs', job().id]">{{ job().title }}</a>
      <app-job-chip [state]="job().state" [attention]="!!job().attention" />
    </div>
    @if (explanation(); as why) {
      <p>{{ why.cause }}</p>
      <p><span class="muted">Next:</span> {{ why.nextAction }}</p>
    }
    <p class="small muted">
      {{ job().stepsDone }} of {{ job().stepsTotal }} steps · {{ job().createdBy | actorName }} ·
      <app-time-ago [at]="job().updatedAt" [brief]="true" />
    </p>
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 4px;
      padding: 10px 0;
    }
    .title {
      font-weight: 500;
      overflow-wrap: anywhere;
    }
    .small {
      font: var(--mat-sys-body-small);
    }
  `,
})
export class JobStatusCard {
  readonly job = input.required<JobSummary>();
  protected readonly explanation = computed(() => explain(this.job()));
}
