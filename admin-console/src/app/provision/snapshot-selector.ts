import { Component, computed, input, model, signal } from '@angular/core';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import type { Recommendation, SnapshotLibrary } from '../api/models';
import { EmptyState } from '../ui/empty-state';
import { findSnapshots } from './find-snapshots';

/** The library as a grid to choose one from, the best fit for this business first. */
@Component({
  selector: 'app-snapshot-selector',
  imports: [EmptyState, MatFormFieldModule, MatIcon, MatInput, MatSelectModule],
  templateUrl: './snapshot-selector.html',
  styleUrl: './snapshot-selector.scss',
})
export class SnapshotSelector {
  readonly library = input.required<SnapshotLibrary>();
  readonly recommendation = input<Recommendation>();
  readonly chosen = model('');

  protected readonly search = signal('');
  protected readonly vertical = signal('');
  protected readonly found = computed(() =>
    findSnapshots(this.library().items, this.recommendation(), { search: this.search(), vertical: this.vertical() }),
  );

  protected percent(share: number): string {
    return `${Math.round(share * 100)} %`;
  }
}
