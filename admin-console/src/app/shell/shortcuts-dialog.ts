import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialogModule } from '@angular/material/dialog';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { DESTINATIONS } from './navigation';
import { Shortcuts } from './shortcuts';

@Component({
  selector: 'app-shortcuts-dialog',
  imports: [MatButton, MatDialogModule, MatSlideToggle],
  template: `
    <h2 mat-dialog-title>Keyboard shortcuts</h2>
    <mat-dialog-content class="stack">
      <table class="plain">
        <caption class="unseen">
          Keyboard shortcuts
        </caption>
        <tbody>
          @for (row of rows; track row.keys) {
            <tr>
              <th scope="row">{{ row.what }}</th>
              <td>
                <kbd>{{ row.keys }}</kbd>
              </td>
            </tr>
          }
        </tbody>
      </table>
      <mat-slide-toggle [checked]="shortcuts.enabled()" (change)="shortcuts.enable($event.checked)"
        >Use keyboard shortcuts in this browser</mat-slide-toggle
      >
    </mat-dialog-content>
    <mat-dialog-actions align="end"><button matButton="filled" mat-dialog-close>Close</button></mat-dialog-actions>
  `,
  styles: `
    kbd {
      font-family: var(--sy-mono);
      padding: 1px 6px;
      border: 1px solid var(--mat-sys-outline);
      border-radius: 4px;
    }
  `,
})
export class ShortcutsDialog {
  protected readonly shortcuts = inject(Shortcuts);
  protected readonly rows = [
    { what: 'This help', keys: '?' },
    { what: 'Search on the page', keys: '/' },
    ...DESTINATIONS.map(({ label, key }) => ({ what: `Go to ${label}`, keys: `g ${key}` })),
    { what: 'Next match, previous match (in a log search)', keys: 'Enter, Shift+Enter' },
  ];
}
