import { Component, computed, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import type { Snapshot } from '../api/models';
import { CountedPipe } from '../ui/number.pipes';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { languageName } from './library-filter';

/** One snapshot of the library: what it is for, and where it went. */
@Component({
  selector: 'app-snapshot-card',
  imports: [CountedPipe, MatButton, MatIcon, RouterLink, StatusChip, TimeAgo],
  templateUrl: './snapshot-card.html',
  styleUrl: './snapshot-card.scss',
  host: { class: 'card' },
})
export class SnapshotCard {
  readonly snapshot = input.required<Snapshot>();
  readonly mayManage = input(false);
  protected readonly link = computed(() => ['/snapshots', this.snapshot().id]);
  protected readonly language = computed(() => {
    const code = this.snapshot().language;
    return code && languageName(code);
  });
  protected readonly loaded = computed(() => {
    const { done, underWay, failed } = this.snapshot().loads;
    return done + underWay + failed > 0;
  });
}
