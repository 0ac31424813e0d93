import { Component, inject, signal } from '@angular/core';
import { form, FormField, pattern, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import type { Snapshot } from '../api/models';
import { faultOf } from '../ui/fault';
import { ProblemBox } from '../ui/problem-box';
import { SnapshotsApi } from './snapshots.api';

@Component({
  selector: 'app-annotation-dialog',
  imports: [FormField, MatButton, MatDialogModule, MatFormFieldModule, MatInput, ProblemBox],
  templateUrl: './annotation-dialog.html',
  styles: `
    mat-form-field {
      width: 100%;
      margin-top: 8px;
    }
  `,
})
export class AnnotationDialog {
  protected readonly snapshot = inject<Snapshot>(MAT_DIALOG_DATA);
  private readonly dialog = inject<MatDialogRef<AnnotationDialog, boolean>>(MatDialogRef);
  private readonly api = inject(SnapshotsApi);

  protected readonly problem = signal<unknown>(undefined);
  protected readonly fault = faultOf;
  protected readonly form = form(
    signal({
      vertical: this.snapshot.vertical ?? '',
      language: this.snapshot.language ?? '',
      description: this.snapshot.description ?? '',
      contents: this.snapshot.contents.join('\n'),
      customValues: this.snapshot.customValues.join('\n'),
    }),
    (path) => {
      pattern(path.language, /^([a-z]{2})?$/, { message: 'must be a two-letter language code such as en' });
    },
  );

  protected async save(): Promise<void> {
    await submit(this.form, {
      action: async () => {
        this.problem.set(undefined);
        const { vertical, language, description, contents, customValues } = this.form().value();
        try {
          await this.api.annotate(this.snapshot.id, {
            vertical: vertical.trim() || null,
            language: language || null,
            description: description.trim() || null,
            contents: lines(contents),
            customValues: lines(customValues),
          });
          this.dialog.close(true);
        } catch (error) {
          this.problem.set(error);
        }
      },
    });
  }
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
