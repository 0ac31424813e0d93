import { Component, computed, input } from '@angular/core';
import type { RunState } from '../api/models';
import { StatusChip } from '../ui/status-chip';
import { RUN_STATES } from './job-words';

@Component({
  selector: 'app-job-chip',
  imports: [StatusChip],
  template: `<app-status-chip [tone]="words().tone" [icon]="words().icon" [label]="words().label" />`,
})
export class JobChip {
  readonly state = input.required<RunState>();
  protected readonly words = computed(() => RUN_STATES[this.state()]);
}
