import { ENTER } from '@angular/cdk/keycodes';
import { Component, computed, input, model, output, viewChild } from '@angular/core';
import type { FormValueControl, ValidationError } from '@angular/forms/signals';
import { MatChipInput, MatChipsModule, type MatChipInputEvent } from '@angular/material/chips';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';

/** A list of short texts, each a chip. Enter adds one, a pasted list all of its lines. */
@Component({
  selector: 'app-chips-field',
  imports: [MatChipsModule, MatFormFieldModule, MatIcon],
  templateUrl: './chips-field.html',
  styles: `
    :host,
    mat-form-field {
      display: block;
      width: 100%;
    }
    .fault {
      color: var(--sy-bad);
    }
  `,
})
export class ChipsField implements FormValueControl<string[]> {
  readonly label = input.required<string>();
  readonly hint = input('Enter adds one');
  /** The longest text one chip may have. */
  readonly longest = input(200);
  readonly value = model<string[]>([]);
  readonly errors = input<readonly ValidationError.WithOptionalFieldTree[]>([]);
  readonly touched = input(false);
  readonly disabled = input(false);
  readonly touch = output<void>();

  private readonly text = viewChild.required(MatChipInput);
  protected readonly separators = [ENTER];
  protected readonly fault = computed(() => {
    const message = this.touched() ? (this.errors()[0]?.message ?? '') : '';
    return message.charAt(0).toUpperCase() + message.slice(1);
  });

  focus(): void {
    this.text().focus();
  }

  protected take({ value, chipInput }: MatChipInputEvent): void {
    this.add([value]);
    chipInput.clear();
  }

  /** Lists come from elsewhere with one text a line. A text without a line break is left to be edited. */
  protected paste(event: ClipboardEvent): void {
    const lines = (event.clipboardData?.getData('text') ?? '').split(/\r?\n/);
    if (lines.length < 2) return;
    event.preventDefault();
    this.add(lines);
  }

  protected edit(at: number, text: string): void {
    const words = text.trim();
    if (words) this.value.update((chips) => chips.map((chip, index) => (index === at ? words : chip)));
    else this.remove(at);
  }

  protected remove(at: number): void {
    this.value.update((chips) => chips.filter((_, index) => index !== at));
  }

  private add(texts: string[]): void {
    const words = texts.map((text) => text.trim()).filter(Boolean);
    this.value.update((chips) => [...new Set([...chips, ...words])]);
  }
}
