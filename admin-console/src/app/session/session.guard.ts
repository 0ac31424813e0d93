import { inject } from '@angular/core';
import { RedirectCommand, Router, type CanActivateFn } from '@angular/router';
import { Session } from './session';

export const signedIn: CanActivateFn = async (_route, state) => {
  const session = inject(Session);
  const router = inject(Router);
  try {
    if (await session.known()) return true;
  } catch {
    // Not "signed out", only "cannot tell": the page that was asked for stays in the address bar.
    return new RedirectCommand(router.createUrlTree(['/unavailable']), { skipLocationChange: true });
  }
  return router.createUrlTree(['/sign-in'], { queryParams: state.url === '/' ? {} : { return: state.url } });
};

export const signedOut: CanActivateFn = async () => {
  const session = inject(Session);
  const router = inject(Router);
  try {
    return (await session.known()) ? router.createUrlTree(['/dashboard']) : true;
  } catch {
    return true;
  }
};
