import { DOCUMENT, inject, Service, signal } from '@angular/core';
import { Router } from '@angular/router';
import { Dialogs } from '../ui/dialogs';
import { DESTINATIONS } from './navigation';

const STORED = 'switchyard.shortcuts';
const CHORD_MS = 1_500;

/** Single-key shortcuts. They can be switched off (WCAG 2.1.4), and never act while someone types. */
@Service()
export class Shortcuts {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private goPressedAt = 0;

  readonly enabled = signal(localStorage.getItem(STORED) !== 'off');

  enable(on: boolean): void {
    localStorage.setItem(STORED, on ? 'on' : 'off');
    this.enabled.set(on);
  }

  press(event: KeyboardEvent): void {
    if (!this.enabled() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (this.document.querySelector('mat-dialog-container')) return;
    if (event.timeStamp - this.goPressedAt < CHORD_MS) return this.go(event);
    if (event.key === 'g') this.goPressedAt = event.timeStamp;
    if (event.key === '?') void this.showHelp();
    if (event.key === '/') this.focusSearch(event);
  }

  async showHelp(): Promise<void> {
    const { ShortcutsDialog } = await import('./shortcuts-dialog');
    await this.dialogs.open(ShortcutsDialog);
  }

  private go(event: KeyboardEvent): void {
    this.goPressedAt = 0;
    const destination = DESTINATIONS.find((candidate) => candidate.key === event.key);
    if (destination) void this.router.navigateByUrl(destination.path);
  }

  private focusSearch(event: KeyboardEvent): void {
    const field = this.document.querySelector<HTMLInputElement>('main input[type=search]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
