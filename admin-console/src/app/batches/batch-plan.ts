import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { BatchOutput as Batch, BatchPlan } from '../api/models';
import { CountedPipe } from '../ui/number.pipes';
import { duration } from '../ui/time-words';
import { TimeAgo } from '../ui/time-ago';

/** What starting would do, in numbers; the rows below say it one by one. */
@Component({
  selector: 'app-batch-plan',
  imports: [CountedPipe, MatButton, MatIcon, TimeAgo],
  templateUrl: './batch-plan.html',
  styleUrl: './batch-plan.scss',
})
export class BatchPlanCard {
  readonly batch = input.required<Batch>();
  readonly plan = input.required<BatchPlan>();
  readonly mayStart = input(false);
  readonly busy = input(false);
  readonly start = output<void>();

  protected readonly rows = computed(() => this.plan().create + this.plan().adopt);
  protected readonly estimate = computed(() => duration(this.plan().estimateMs));

  protected percent(share: number | null): string {
    return share === null ? '' : `lowest confidence ${Math.round(share * 100)} %`;
  }
}
