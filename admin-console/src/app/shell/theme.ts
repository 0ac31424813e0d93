import { DOCUMENT, effect, inject, Service, signal } from '@angular/core';

export type ThemeChoice = 'system' | 'light' | 'dark';

const STORED = 'switchyard.theme';

/** Light, dark, or what the system says. The choice belongs to this browser. */
@Service()
export class Theme {
  private readonly root = inject(DOCUMENT).documentElement;
  readonly choice = signal<ThemeChoice>(stored());

  constructor() {
    effect(() => {
      const choice = this.choice();
      if (choice === 'system') delete this.root.dataset['theme'];
      else this.root.dataset['theme'] = choice;
    });
  }

  choose(choice: ThemeChoice): void {
    localStorage.setItem(STORED, choice);
    this.choice.set(choice);
  }
}

function stored(): ThemeChoice {
  const value = localStorage.getItem(STORED);
  return value === 'light' || value === 'dark' ? value : 'system';
}
