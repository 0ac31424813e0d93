import { DestroyRef, inject, Service, signal } from '@angular/core';

/** The present, as a signal. One timer for every relative time on the page. */
@Service()
export class Now {
  private readonly state = signal(Date.now());
  readonly ms = this.state.asReadonly();

  constructor() {
    const timer = setInterval(() => this.state.set(Date.now()), 1_000);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
}
