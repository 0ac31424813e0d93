import { Component, computed, input, signal } from '@angular/core';
import { FormField, type FieldTree } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { faultOf } from '../ui/fault';
import { mergeValues, readPastedValues, type PastedValues } from './paste-values';

type Values = { name: string; value: string }[];

@Component({
  selector: 'app-custom-values-editor',
  imports: [FormField, MatButton, MatFormFieldModule, MatIcon, MatIconButton, MatInput],
  templateUrl: './custom-values-editor.html',
  styleUrl: './custom-values-editor.scss',
})
export class CustomValuesEditor {
  readonly field = input.required<FieldTree<Values>>();
  /** Names that the chosen snapshot needs. */
  readonly needed = input<string[]>([]);

  protected readonly pasting = signal(false);
  protected readonly refused = signal<PastedValues['refused']>([]);
  protected readonly fault = faultOf;
  protected readonly missing = computed(() => {
    const present = this.field()()
      .value()
      .map(({ name }) => name.toLowerCase());
    return this.needed().filter((name) => !present.includes(name.toLowerCase()));
  });

  protected add(): void {
    this.change((values) => [...values, { name: '', value: '' }]);
  }

  protected remove(index: number): void {
    this.change((values) => values.filter((_, position) => position !== index));
  }

  protected addMissing(): void {
    this.change((values) => [...values, ...this.missing().map((name) => ({ name, value: '' }))]);
  }

  protected paste(text: string): void {
    const { values, refused } = readPastedValues(text);
    this.change((present) =>
      mergeValues(
        present.filter(({ name, value }) => name || value),
        values,
      ),
    );
    this.refused.set(refused);
    if (!refused.length) this.pasting.set(false);
  }

  private change(step: (values: Values) => Values): void {
    this.field()().value.update(step);
  }
}
