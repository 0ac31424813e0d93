import { inject, Injector, Service } from '@angular/core';

/** Short confirmations only. Failures stay on the page, in a problem box. */
@Service()
export class Toast {
  private readonly injector = inject(Injector);

  /** The bar's code comes with the first word to say: most visits say none. */
  say(words: string): void {
    void import('@angular/material/snack-bar').then(({ MatSnackBar }) =>
      this.injector.get(MatSnackBar).open(words, 'Close', { duration: 4_000, politeness: 'polite' }),
    );
  }
}
