import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { ConfirmQuestion } from './confirm-dialog';
import { Dialogs } from './dialogs';

/** Asks before something that cannot be taken back. */
@Service()
export class Confirm {
  private readonly dialogs = inject(Dialogs);

  /** What was typed (or the action's name), or undefined when the person kept things as they are. */
  async ask(question: ConfirmQuestion): Promise<string | undefined> {
    const { ConfirmDialog } = await import('./confirm-dialog');
    const dialog = await this.dialogs.open<string>(ConfirmDialog, question);
    return firstValueFrom(dialog.afterClosed());
  }
}
