import { JsonPipe } from '@angular/common';
import { Component, inject, input } from '@angular/core';
import { MatProgressBar } from '@angular/material/progress-bar';
import type { JobStep } from '../api/models';
import { CopyButton } from '../ui/copy-button';
import { Now } from '../ui/now';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { duration } from '../ui/time-words';
import { STEP_STATES, VIA } from './job-words';

/** The steps of a job in order: what each did, how far it is, and how we know. */
@Component({
  selector: 'app-step-timeline',
  imports: [CopyButton, JsonPipe, MatProgressBar, StatusChip, TimeAgo],
  templateUrl: './step-timeline.html',
  styleUrl: './step-timeline.scss',
})
export class StepTimeline {
  private readonly now = inject(Now);
  readonly steps = input.required<JobStep[]>();
  protected readonly words = STEP_STATES;
  protected readonly sources = VIA;

  protected took(step: JobStep): string {
    if (!step.startedAt) return '';
    const end = step.finishedAt ? Date.parse(step.finishedAt) : this.now.ms();
    return duration(Math.max(0, end - Date.parse(step.startedAt)));
  }
}
