import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { getDashboard } from '../api/fn/dashboard/get-dashboard';
import type { Dashboard } from '../api/models';
import { BreakerBanner } from '../connect/breaker-banner';
import { Connections } from '../connect/connections';
import { JobStatusCard } from '../jobs/job-status-card';
import { reloadOnChange } from '../live/reload-on-change';
import { WatchedJobs } from '../live/watched-jobs';
import { EmptyState } from '../ui/empty-state';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { StatusChip } from '../ui/status-chip';
import { absoluteTime, duration } from '../ui/time-words';
import { JobsChart } from './jobs-chart';
import { QuickStart } from './quick-start';
import { StatCard } from './stat-card';
import { CONNECTION_WORDS } from '../connect/connection-words';

const PERIODS = [7, 14, 30, 90];

@Component({
  selector: 'app-dashboard',
  imports: [
    BreakerBanner,
    EmptyState,
    JobStatusCard,
    JobsChart,
    Loading,
    MatButton,
    MatIcon,
    PageHeader,
    ProblemBox,
    QuickStart,
    RouterLink,
    StatCard,
    StatusChip,
  ],
  providers: [WatchedJobs],
  templateUrl: './dashboard.html',
  styleUrl: './dashboard.scss',
})
export class DashboardPage {
  private readonly watched = inject(WatchedJobs);

  readonly days = input<string>();
  protected readonly periods = PERIODS;
  protected readonly at = absoluteTime;
  protected readonly period = computed(() => PERIODS.find((days) => String(days) === this.days()) ?? 14);

  protected readonly resource = httpResource<Dashboard>(() => ({
    url: getDashboard.PATH,
    params: { days: this.period() },
  }));
  protected readonly dashboard = kept(this.resource);
  protected readonly attention = computed(() => this.watched.refresh(this.dashboard()?.attention ?? []));
  protected readonly recent = computed(() => this.watched.refresh(this.dashboard()?.recent ?? []));
  protected readonly connection = computed(() => CONNECTION_WORDS[this.dashboard()?.connection.status ?? 'none']);
  protected readonly fresh = computed(() => {
    const dashboard = this.dashboard();
    return dashboard?.connection.status === 'none' || dashboard?.recent.length === 0;
  });
  protected readonly successRate = computed(() => {
    const rate = this.dashboard()?.cards.successRate;
    return rate === null || rate === undefined ? '–' : `${Math.round(rate * 100)} %`;
  });
  protected readonly median = computed(() => {
    const ms = this.dashboard()?.cards.medianDurationMs;
    return ms === null || ms === undefined ? '–' : duration(ms);
  });

  constructor() {
    reloadOnChange(this.resource, this.watched.changes, 3_000);
    // Jobs that begin to wait, or go on, may be the sign of a breaker.
    const connections = inject(Connections);
    connections.reload();
    reloadOnChange(connections.resource, this.watched.changes, 3_000);
  }
}
