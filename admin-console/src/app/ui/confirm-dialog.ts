import { Component, computed, inject, signal } from '@angular/core';
import { form, FormField } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

export interface ConfirmQuestion {
  heading: string;
  text: string;
  /** What will happen, one line each. */
  consequences?: string[];
  action: string;
  /** The words of the button that changes nothing. */
  keep?: string;
  /** When set, the person types these words before the action can be taken. */
  typed?: string;
}

@Component({
  selector: 'app-confirm-dialog',
  imports: [FormField, MatButton, MatDialogModule, MatFormFieldModule, MatInput],
  templateUrl: './confirm-dialog.html',
  styles: `
    mat-form-field {
      width: 100%;
      margin-top: 12px;
    }
    ul {
      margin: 8px 0;
      padding-left: 18px;
    }
  `,
})
export class ConfirmDialog {
  protected readonly question = inject<ConfirmQuestion>(MAT_DIALOG_DATA);
  private readonly dialog = inject<MatDialogRef<ConfirmDialog, string>>(MatDialogRef);
  private readonly model = signal({ typed: '' });
  protected readonly typed = form(this.model);
  protected readonly allowed = computed(
    () => this.question.typed === undefined || this.model().typed.trim() === this.question.typed.trim(),
  );

  /** Closes with what was typed, so that the server can compare it too. */
  protected agree(): void {
    if (this.allowed()) this.dialog.close(this.question.typed ?? this.question.action);
  }
}
