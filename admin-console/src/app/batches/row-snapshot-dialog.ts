import { httpResource } from '@angular/common/http';
import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { recommendForBatchRow } from '../api/fn/batches/recommend-for-batch-row';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { BatchRow, Recommendation, SnapshotChoice, SnapshotLibrary } from '../api/models';
import { Advice } from '../provision/advice';
import { SnapshotSelector } from '../provision/snapshot-selector';
import { Loading } from '../ui/loading';
import { ProblemBox } from '../ui/problem-box';

export interface RowSnapshotQuestion {
  batchId: string;
  connectionId: string;
  row: BatchRow;
}

/** What was chosen; `file` leaves it to the file again. */
export type RowSnapshotAnswer = SnapshotChoice | 'file';

/** The closest snapshots for one row side by side, and the whole library behind them. */
@Component({
  selector: 'app-row-snapshot-dialog',
  imports: [Advice, Loading, MatButton, MatDialogModule, ProblemBox, SnapshotSelector],
  templateUrl: './row-snapshot-dialog.html',
})
export class RowSnapshotDialog {
  protected readonly question = inject<RowSnapshotQuestion>(MAT_DIALOG_DATA);
  private readonly dialog = inject<MatDialogRef<RowSnapshotDialog, RowSnapshotAnswer>>(MatDialogRef);

  protected readonly name = this.question.row.name ?? `row ${this.question.row.n}`;
  protected readonly advice = httpResource<Recommendation>(() =>
    recommendForBatchRow.PATH.replace('{id}', encodeURIComponent(this.question.batchId)).replace(
      '{n}',
      String(this.question.row.n),
    ),
  );
  protected readonly library = httpResource<SnapshotLibrary>(() => listSnapshots.PATH);
  /** Only what this batch can load. */
  protected readonly shelf = computed(() => {
    if (!this.library.hasValue()) return undefined;
    const { items, ...library } = this.library.value();
    return { ...library, items: items.filter(({ connectionId }) => connectionId === this.question.connectionId) };
  });
  protected readonly chosen = signal('');

  protected take(choice: RowSnapshotAnswer): void {
    this.dialog.close(choice);
  }
}
