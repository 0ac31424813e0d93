import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router, RouterLink } from '@angular/router';
import { newSubmissionKey } from '../http/idempotency';
import { toProblem } from '../http/problem';
import { Session } from '../session/session';
import { EmptyState } from '../ui/empty-state';
import { Now } from '../ui/now';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { TimeAgo } from '../ui/time-ago';
import { duration } from '../ui/time-words';
import { toPlan } from './draft-model';
import { sureness } from './fit-words';
import { byStep, differencesOf, KINDS } from './plan-words';
import { ProvisionApi } from './provision.api';
import { ProvisioningDraft } from './provisioning-draft';
import { ScoreBar } from './score-bar';

/** Everything that would happen, to be read before it does. Only what is approved here is done. */
@Component({
  selector: 'app-plan-review',
  imports: [EmptyState, MatButton, MatIcon, PageHeader, ProblemBox, RouterLink, ScoreBar, TimeAgo],
  templateUrl: './plan-review.html',
  styleUrl: './plan-review.scss',
})
export class PlanReview {
  private readonly api = inject(ProvisionApi);
  private readonly draft = inject(ProvisioningDraft);
  private readonly router = inject(Router);
  private readonly now = inject(Now);
  protected readonly session = inject(Session);

  protected readonly plan = this.draft.plan.asReadonly();
  protected readonly kinds = KINDS;
  protected readonly sureness = sureness;
  protected readonly steps = computed(() => {
    const plan = this.plan();
    return plan ? byStep(plan) : [];
  });
  protected readonly msLeft = computed(() => Date.parse(this.plan()?.expiresAt ?? '') - this.now.ms());
  protected readonly expired = computed(() => this.msLeft() <= 0);
  protected readonly timeLeft = computed(() => duration(Math.max(0, this.msLeft())));
  protected readonly estimate = computed(() => duration(this.plan()?.estimateMs ?? 0));
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);
  /** What moved in HighLevel since the plan before this one was read. */
  protected readonly differences = signal<string[] | null>(null);
  private key = newSubmissionKey();

  constructor() {
    // A key belongs to one plan: approving it twice, or again after a lost answer, starts one job.
    effect(() => {
      this.plan();
      untracked(() => (this.key = newSubmissionKey()));
    });
  }

  protected async approve(): Promise<void> {
    const plan = this.plan();
    if (!plan) return;
    await this.work(async () => {
      const wish = { ...toPlan(this.draft.model()), planHash: plan.planHash };
      const { jobId } = await this.api.start(wish, this.key);
      await this.router.navigate(['/jobs', jobId]);
      this.draft.reset();
    });
    const problem = toProblem(this.problem());
    if (this.problem() && problem.code === 'plan-stale') await this.planAgain(differencesOf(problem.evidence));
  }

  protected async planAgain(differences: string[] | null = null): Promise<void> {
    await this.work(async () => {
      this.draft.plan.set(await this.api.plan(toPlan(this.draft.model())));
      this.differences.set(differences);
    });
  }

  private async work(act: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await act();
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }
}
