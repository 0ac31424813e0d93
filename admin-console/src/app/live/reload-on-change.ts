import { DestroyRef, effect, inject, untracked, type ResourceRef, type Signal } from '@angular/core';

type Reloadable = Pick<ResourceRef<unknown>, 'reload'>;

/** Reads again when `changes` moves, at most once per `everyMs`: a busy job must not cause a storm of requests. */
export function reloadOnChange(resource: Reloadable, changes: Signal<number>, everyMs: number): void {
  const first = untracked(changes);
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    if (changes() === first || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      resource.reload();
    }, everyMs);
  });
  inject(DestroyRef).onDestroy(() => clearTimeout(timer));
}
