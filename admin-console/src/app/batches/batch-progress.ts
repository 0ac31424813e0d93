import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import type { BatchOutput as Batch, RetryBatch } from '../api/models';
import { counted } from '../ui/number-words';
import { CountedPipe } from '../ui/number.pipes';
import { TimeAgo } from '../ui/time-ago';
import { duration } from '../ui/time-words';
import { BatchBar } from './batch-bar';
import { sharesOf } from './batch-words';

/** How far a batch is, how fast, and what stopped some of its rows. */
@Component({
  selector: 'app-batch-progress',
  imports: [BatchBar, CountedPipe, MatButton, MatIcon, RouterLink, TimeAgo],
  templateUrl: './batch-progress.html',
  styleUrl: './batch-progress.scss',
})
export class BatchProgressCard {
  readonly batch = input.required<Batch>();
  readonly mayRetry = input(false);
  readonly busy = input(false);
  readonly retry = output<RetryBatch>();

  protected readonly shares = computed(() => sharesOf(this.batch().counts).filter(({ rows }) => rows > 0));
  protected readonly leftOut = computed(() => this.batch().counts.problem + this.batch().counts.excluded);
  protected readonly percent = computed(() => {
    const progress = this.batch().progress;
    return progress?.begun ? Math.floor((100 * progress.ended) / progress.begun) : 0;
  });
  protected readonly timeLeft = computed(() => {
    const ms = this.batch().progress?.timeLeftMs;
    return ms ? duration(Math.max(1_000, ms)) : null;
  });

  protected rounded(rate: number): string {
    return rate < 10 ? rate.toFixed(1) : counted(rate);
  }
}
