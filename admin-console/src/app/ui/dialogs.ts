import { inject, Injector, Service, type Type } from '@angular/core';
import type { MatDialogRef } from '@angular/material/dialog';

/** Opens dialogs without making every page pay for the dialog code at start. */
@Service()
export class Dialogs {
  private readonly injector = inject(Injector);

  async open<Answer>(
    component: Type<unknown>,
    data?: unknown,
    width: 'normal' | 'wide' = 'normal',
  ): Promise<MatDialogRef<unknown, Answer>> {
    const { MatDialog } = await import('@angular/material/dialog');
    return this.injector.get(MatDialog).open<unknown, unknown, Answer>(component, {
      data,
      width: width === 'wide' ? '1080px' : '560px',
      maxWidth: '96vw',
      autoFocus: 'first-tabbable',
      restoreFocus: true,
    });
  }
}
