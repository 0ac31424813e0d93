import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { form, FormField, pattern, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { BatchOutput as Batch, SnapshotLibrary } from '../api/models';
import { Connections } from '../connect/connections';
import { isTimeZone } from '../settings/time-zone';
import { faultOf } from '../ui/fault';
import { ProblemBox } from '../ui/problem-box';
import { BatchesApi } from './batches.api';

/** What holds for every row that does not say otherwise. A change checks every row again. */
@Component({
  selector: 'app-batch-defaults',
  imports: [FormField, MatButton, MatFormFieldModule, MatInput, MatSelectModule, ProblemBox],
  templateUrl: './batch-defaults.html',
})
export class BatchDefaultsForm {
  private readonly api = inject(BatchesApi);
  private readonly connections = inject(Connections);

  readonly batch = input.required<Batch>();
  readonly mayChange = input(false);
  readonly changed = output<Batch>();

  private readonly library = httpResource<SnapshotLibrary>(() => listSnapshots.PATH);
  protected readonly snapshots = computed(() =>
    this.library.hasValue() ? this.library.value().items.filter(({ gone }) => !gone) : [],
  );
  /** Asked for only where there is a choice. */
  protected readonly choices = computed(() => (this.connections.usable().length > 1 ? this.connections.usable() : []));
  protected readonly problem = signal<unknown>(undefined);
  protected readonly fault = faultOf;

  /** Follows the server until the person changes something. */
  private readonly model = linkedSignal(
    () => {
      const { connectionId, snapshot, country, timezone, existing, corrections } = this.batch().defaults;
      return {
        connectionId: connectionId ?? '',
        snapshot: typeof snapshot === 'string' ? snapshot : snapshot.id,
        country: country ?? '',
        timezone: timezone ?? '',
        existing: existing as string,
        corrections: corrections as string,
      };
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  protected readonly form = form(this.model, (path) => {
    pattern(path.country, /^([A-Z]{2})?$/, { message: 'must be a two-letter country code such as US' });
    validate(path.timezone, ({ value }) =>
      value() === '' || isTimeZone(value())
        ? null
        : { kind: 'time-zone', message: 'must be a time zone such as America/Chicago' },
    );
  });

  protected async save(): Promise<void> {
    await submit(this.form, {
      action: async () => {
        this.problem.set(undefined);
        const { connectionId, snapshot, country, timezone, existing, corrections } = this.form().value();
        const { customValues, users } = this.batch().defaults;
        const defaults = {
          customValues,
          users,
          ...(connectionId && { connectionId }),
          snapshot: snapshot === 'recommend' || snapshot === 'none' ? snapshot : { id: snapshot },
          ...(country && { country }),
          ...(timezone && { timezone }),
          existing,
          corrections,
        } as Batch['defaults'];
        try {
          this.changed.emit(await this.api.change(this.batch().id, { defaults }));
        } catch (error) {
          this.problem.set(error);
        }
      },
    });
  }
}
