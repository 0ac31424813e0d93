import { Clipboard } from '@angular/cdk/clipboard';
import { Component, inject, input } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Toast } from './toast';

@Component({
  selector: 'app-copy-button',
  imports: [MatIcon, MatIconButton],
  template: `
    <button matIconButton type="button" [attr.aria-label]="label()" [title]="label()" (click)="copy()">
      <mat-icon>{{ icon() }}</mat-icon>
    </button>
  `,
})
export class CopyButton {
  private readonly clipboard = inject(Clipboard);
  private readonly toast = inject(Toast);
  readonly text = input.required<string>();
  readonly label = input('Copy');
  readonly icon = input('content_copy');

  protected copy(): void {
    this.toast.say(this.clipboard.copy(this.text()) ? 'Copied' : 'The browser did not allow copying');
  }
}
