import { inject, type Signal } from '@angular/core';
import type { CanDeactivateFn } from '@angular/router';
import { Confirm } from './confirm';

export interface HoldsChanges {
  readonly unsaved: Signal<boolean>;
}

/** Nobody loses what was typed by a click on a link; the page itself asks before the tab is closed. */
export const askBeforeLeaving: CanDeactivateFn<HoldsChanges> = async (page) => {
  if (!page.unsaved()) return true;
  const answer = await inject(Confirm).ask({
    heading: 'Leave without saving?',
    text: 'What you changed on this page is not saved yet.',
    action: 'Leave without saving',
    keep: 'Stay on this page',
  });
  return Boolean(answer);
};
