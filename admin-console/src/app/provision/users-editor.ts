import { Component, input } from '@angular/core';
import { FormField, type FieldTree } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { faultOf } from '../ui/fault';
import { emptyUser, type DraftUser } from './draft-model';

@Component({
  selector: 'app-users-editor',
  imports: [FormField, MatButton, MatFormFieldModule, MatIcon, MatInput, MatSelectModule],
  templateUrl: './users-editor.html',
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
    }
    fieldset {
      border: 1px solid var(--sy-line);
      border-radius: 8px;
      padding: 8px 12px;
      margin: 0;
      min-width: 0;
    }
    legend {
      padding: 0 6px;
    }
  `,
})
export class UsersEditor {
  readonly field = input.required<FieldTree<DraftUser[]>>();
  readonly defaultRole = input<'admin' | 'user'>('user');
  protected readonly fault = faultOf;

  protected add(): void {
    this.field()().value.update((users) => [...users, emptyUser(this.defaultRole())]);
  }

  protected remove(index: number): void {
    this.field()().value.update((users) => users.filter((_, position) => position !== index));
  }
}
