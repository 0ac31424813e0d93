import { httpResource } from '@angular/common/http';
import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { getSnapshotQuality } from '../api/fn/snapshots/get-snapshot-quality';
import type { SnapshotQuality } from '../api/models';
import { StatCard } from '../dashboard/stat-card';
import { Session } from '../session/session';
import { EmptyState } from '../ui/empty-state';
import { FigureCard } from '../ui/figure-card';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { counted, percent } from '../ui/number-words';
import { CountedPipe, PercentagePipe } from '../ui/number.pipes';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { absoluteTime } from '../ui/time-words';
import { CalibrationPlot } from './calibration-plot';
import { CoveragePlot } from './coverage-plot';
import { FeedbackList } from './feedback-list';
import { OverrideChart } from './override-chart';
import { calibrationWords, coverageWords, FEW, overrideWords, standing, weekBars, weekWords } from './quality-words';

/** How good the recommendations are for this agency, reckoned from what its people decided. */
@Component({
  selector: 'app-quality',
  imports: [
    CalibrationPlot,
    CountedPipe,
    CoveragePlot,
    EmptyState,
    FeedbackList,
    FigureCard,
    Loading,
    MatButton,
    MatIcon,
    OverrideChart,
    PageHeader,
    PercentagePipe,
    ProblemBox,
    RouterLink,
    StatCard,
  ],
  templateUrl: './quality.html',
  styleUrl: './quality.scss',
})
export class QualityPage {
  protected readonly session = inject(Session);
  protected readonly resource = httpResource<SnapshotQuality>(() => getSnapshotQuality.PATH);
  protected readonly quality = kept(this.resource);

  protected readonly few = FEW;
  protected readonly standing = standing;
  protected readonly weekBars = weekBars;
  protected readonly weekWords = weekWords;
  protected readonly coverageWords = coverageWords;
  protected readonly calibrationWords = calibrationWords;
  protected readonly overrideWords = overrideWords;
  protected readonly counted = counted;
  protected readonly at = absoluteTime;

  protected rateOf(part: number, whole: number): string {
    return whole === 0 ? '–' : percent(part / whole);
  }
}
