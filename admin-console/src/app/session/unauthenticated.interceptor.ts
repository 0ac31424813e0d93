import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { tap } from 'rxjs';
import { Session } from './session';

/** A 401 while someone was signed in means that the session ended: ask again and come back to the same page. */
export const unauthenticatedInterceptor: HttpInterceptorFn = (request, next) => {
  const session = inject(Session);
  const router = inject(Router);
  return next(request).pipe(
    tap({
      error: (error: unknown) => {
        const ended = error instanceof HttpErrorResponse && error.status === 401 && session.view() !== null;
        if (!ended || request.url.startsWith('/api/session')) return;
        session.forget();
        void router.navigate(['/sign-in'], { queryParams: { return: router.url, ended: 1 } });
      },
    }),
  );
};
