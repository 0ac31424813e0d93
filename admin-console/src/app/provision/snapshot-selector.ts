import { Component, computed, input, model, signal } from '@angular/core';
import type { Recommendation, SnapshotLibrary } from '../api/models';
import { languageName } from '../snapshots/library-filter';
import { LibraryFilters } from '../snapshots/library-filters';
import { EmptyState } from '../ui/empty-state';
import { CountedPipe } from '../ui/number.pipes';
import { StatusChip } from '../ui/status-chip';
import { FitReasons } from './fit-reasons';
import { sureness } from './fit-words';
import { offeredSnapshots } from './offered-snapshots';
import { ScoreBar } from './score-bar';

/** The library as a grid to choose one from, the best fit for this business first. */
@Component({
  selector: 'app-snapshot-selector',
  imports: [CountedPipe, EmptyState, FitReasons, LibraryFilters, ScoreBar, StatusChip],
  templateUrl: './snapshot-selector.html',
  styleUrl: './snapshot-selector.scss',
})
export class SnapshotSelector {
  readonly library = input.required<SnapshotLibrary>();
  readonly recommendation = input<Recommendation>();
  readonly chosen = model('');

  protected readonly search = signal('');
  protected readonly vertical = signal('');
  protected readonly language = signal('');
  protected readonly languageName = languageName;
  protected readonly sureness = sureness;
  protected readonly found = computed(() =>
    offeredSnapshots(this.library().items, this.recommendation(), {
      search: this.search(),
      vertical: this.vertical(),
      language: this.language(),
    }),
  );
}
