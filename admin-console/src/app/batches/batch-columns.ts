import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatSelectModule } from '@angular/material/select';
import type { BatchOutput as Batch, BatchColumn } from '../api/models';
import { ProblemBox } from '../ui/problem-box';
import { BatchesApi } from './batches.api';
import { labelOf, targetsFor } from './column-targets';

/** Which column of the file is what. A change checks every row again. */
@Component({
  selector: 'app-batch-columns',
  imports: [MatFormFieldModule, MatSelectModule, ProblemBox],
  templateUrl: './batch-columns.html',
  styleUrl: './batch-columns.scss',
})
export class BatchColumns {
  private readonly api = inject(BatchesApi);

  readonly batch = input.required<Batch>();
  readonly mayChange = input(false);
  readonly changed = output<Batch>();

  protected readonly columns = computed(() =>
    this.batch().columns.map((column) => ({
      ...column,
      groups: targetsFor(column),
      shown: [...new Set(column.examples)].slice(0, 2).join(' · '),
    })),
  );
  /** The connection is no column; the page asks for it in its own place. */
  protected readonly missing = computed(() =>
    this.batch()
      .missingFields.filter((field) => field !== 'connection')
      .map(labelOf),
  );
  protected readonly open = computed(() => this.batch().columns.some(({ target }) => target === null));
  protected readonly busy = signal(false);
  protected readonly problem = signal<unknown>(undefined);
  protected readonly labelOf = labelOf;

  protected async map(column: BatchColumn, target: string): Promise<void> {
    if (target === (column.target ?? 'ignore')) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      this.changed.emit(
        await this.api.change(this.batch().id, { mapping: { ...this.byHand(), [column.name]: target } }),
      );
    } catch (error) {
      this.problem.set(error);
    } finally {
      this.busy.set(false);
    }
  }

  /** The mapping replaces the one before, so what people have chosen goes along. */
  private byHand(): Record<string, string> {
    const chosen = this.batch().columns.filter(({ mappedBy }) => mappedBy === 'person');
    return Object.fromEntries(chosen.map(({ name, target }) => [name, target ?? 'ignore']));
  }
}
