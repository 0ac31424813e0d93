import { Component, DOCUMENT, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { EmptyState } from '../ui/empty-state';

@Component({
  selector: 'app-unavailable',
  imports: [EmptyState, MatButton],
  template: `
    <main class="page">
      <h1 class="unseen" tabindex="-1">Switchyard cannot be reached</h1>
      <app-empty-state
        icon="cloud_off"
        heading="Switchyard cannot be reached"
        text="The server gave no usable answer. Jobs go on without this page; nothing is lost."
      >
        <button matButton="filled" (click)="tryAgain()">Try again</button>
      </app-empty-state>
    </main>
  `,
})
export class Unavailable {
  private readonly document = inject(DOCUMENT);

  protected tryAgain(): void {
    this.document.defaultView?.location.reload();
  }
}
