import { httpResource } from '@angular/common/http';
import { Component, computed, inject, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { listSnapshotFeedback } from '../api/fn/snapshots/list-snapshot-feedback';
import type { SnapshotFeedback, SnapshotFeedbackPage } from '../api/models';
import { ActorNamePipe } from '../session/actor-name.pipe';
import { Session } from '../session/session';
import { Confirm } from '../ui/confirm';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PercentagePipe } from '../ui/number.pipes';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';
import { Toast } from '../ui/toast';
import { SnapshotsApi } from './snapshots.api';

const KINDS = {
  accepted: { label: 'Accepted', icon: 'thumb_up', tone: 'ok' },
  overridden: { label: 'Chosen otherwise', icon: 'swap_horiz', tone: 'wait' },
} as const;

/** What the agency decided about recommendations. Each choice teaches, until a person has it forgotten. */
@Component({
  selector: 'app-feedback-list',
  imports: [
    ActorNamePipe,
    Loading,
    MatButton,
    MatIcon,
    Pager,
    PercentagePipe,
    ProblemBox,
    RouterLink,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './feedback-list.html',
  styleUrl: './feedback-list.scss',
})
export class FeedbackList {
  private readonly api = inject(SnapshotsApi);
  private readonly confirm = inject(Confirm);
  private readonly toast = inject(Toast);
  protected readonly session = inject(Session);

  readonly forgotten = output<void>();

  protected readonly trail = signal<string[]>([]);
  protected readonly resource = httpResource<SnapshotFeedbackPage>(() => ({
    url: listSnapshotFeedback.PATH,
    params: { limit: 20, ...(this.trail().length && { after: this.trail().at(-1) as string }) },
  }));
  protected readonly page = kept(this.resource);
  protected readonly choices = computed(() =>
    (this.page()?.items ?? []).map((choice) => ({ ...choice, words: KINDS[choice.kind] })),
  );
  protected readonly busy = signal('');
  protected readonly problem = signal<unknown>(undefined);

  protected async forget(choice: SnapshotFeedback): Promise<void> {
    const answer = await this.confirm.ask({
      heading: `Forget the choice for “${choice.intake.name}”?`,
      text: 'Later recommendations no longer learn from it, and it no longer counts in these figures. The sub-account stays as it is.',
      action: 'Forget this choice',
    });
    if (!answer) return;
    this.busy.set(choice.id);
    this.problem.set(undefined);
    try {
      await this.api.forget(choice.id);
      this.toast.say('The choice is forgotten');
      this.resource.reload();
      this.forgotten.emit();
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set('');
    }
  }
}
