import { httpResource } from '@angular/common/http';
import { JsonPipe } from '@angular/common';
import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { Router } from '@angular/router';
import { Api } from '../api/api';
import { verifyAudit } from '../api/fn/audit/verify-audit';
import { listAuditEntries } from '../api/fn/audit/list-audit-entries';
import type { AuditPage as AuditPageView, AuditVerdict } from '../api/models';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { Pager } from '../ui/pager';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip, type Tone } from '../ui/status-chip';
import { TimeAgo } from '../ui/time-ago';

type Outcome = 'ok' | 'denied' | 'failed';

@Component({
  selector: 'app-audit',
  imports: [
    EmptyState,
    JsonPipe,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatInput,
    MatSelectModule,
    PageHeader,
    Pager,
    ProblemBox,
    StatusChip,
    TimeAgo,
  ],
  templateUrl: './audit.html',
  styleUrl: './audit.scss',
})
export class AuditPage {
  private readonly api = inject(Api);
  private readonly router = inject(Router);

  readonly action = input<string>();
  readonly actor = input<string>();
  readonly outcome = input<string>();
  /** The cursors that led to this page, as the address has them. */
  readonly trail = input<string | string[]>();

  protected readonly outcomes: Record<Outcome, { label: string; icon: string; tone: Tone }> = {
    ok: { label: 'Done', icon: 'check_circle', tone: 'ok' },
    denied: { label: 'Denied', icon: 'block', tone: 'wait' },
    failed: { label: 'Failed', icon: 'error', tone: 'bad' },
  };
  protected readonly cursors = computed(() => [this.trail() ?? []].flat());
  protected readonly resource = httpResource<AuditPageView>(() => ({
    url: listAuditEntries.PATH,
    params: {
      limit: 50,
      ...(this.action() && { action: this.action() as string }),
      ...(this.actor() && { actor: this.actor() as string }),
      ...(this.outcome() && { outcome: this.outcome() as string }),
      ...(this.cursors().length && { cursor: this.cursors().at(-1) as string }),
    },
  }));
  protected readonly page = kept(this.resource);
  protected readonly verdict = signal<AuditVerdict | undefined>(undefined);
  protected readonly verifying = signal(false);
  protected readonly problem = signal<unknown>(undefined);

  protected async verify(): Promise<void> {
    this.verifying.set(true);
    this.problem.set(undefined);
    this.verdict.set(undefined);
    try {
      this.verdict.set(await this.api.invoke(verifyAudit));
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.verifying.set(false);
    }
  }

  protected filter(change: { action?: string | null; actor?: string | null; outcome?: string | null }): void {
    this.go({ ...change, trail: null });
  }

  protected turnTo(trail: string[]): void {
    this.go({ trail: trail.length ? trail : null });
  }

  private go(queryParams: Record<string, string | string[] | null | undefined>): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge' });
  }
}
