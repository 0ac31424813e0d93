import { Component, computed, input } from '@angular/core';
import type { RunState } from '../api/models';
import { StatusChip } from '../ui/status-chip';
import { DONE_WITH_WARNING, RUN_STATES } from './job-words';

@Component({
  selector: 'app-job-chip',
  imports: [StatusChip],
  template: `<app-status-chip [tone]="words().tone" [icon]="words().icon" [label]="words().label" />`,
})
export class JobChip {
  readonly state = input.required<RunState>();
  /** A person should look: what is done, but not whole, must not look green. */
  readonly attention = input(false);
  protected readonly words = computed(() =>
    this.state() === 'done' && this.attention() ? DONE_WITH_WARNING : RUN_STATES[this.state()],
  );
}
