import { linkedSignal, type Resource, type Signal } from '@angular/core';

/** The last good value of a resource: a list stays in place while the next page or a changed filter loads. */
export function kept<Value>(resource: Resource<Value | undefined>): Signal<Value | undefined> {
  return linkedSignal<Value | undefined, Value | undefined>({
    source: () => (resource.hasValue() ? resource.value() : undefined),
    computation: (value, previous) => value ?? previous?.value,
  });
}
