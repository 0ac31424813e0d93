import { inject, Service } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';

/** Short confirmations only. Failures stay on the page, in a problem box. */
@Service()
export class Toast {
  private readonly bar = inject(MatSnackBar);

  say(words: string): void {
    this.bar.open(words, 'Close', { duration: 4_000, politeness: 'polite' });
  }
}
