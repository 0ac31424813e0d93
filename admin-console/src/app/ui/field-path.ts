import type { FieldTree } from '@angular/forms/signals';

/** `/customValues/3/name` (RFC 6901) as the keys of the form. */
export function pathOfPointer(pointer: string): string[] {
  return pointer
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/**
 * The field that a path leads to. A path may go deeper than the form does, or speak of a part that the form
 * has in another place; then the nearest field above it answers.
 */
export function fieldAt(root: FieldTree<unknown>, path: readonly PropertyKey[]): FieldTree<unknown> {
  let field = root;
  for (const key of path) {
    const child = (field as unknown as Record<PropertyKey, FieldTree<unknown> | undefined>)[key];
    if (typeof child !== 'function') break;
    // A list of texts is one field, of chips.
    if (Array.isArray(field().value()) && typeof child().value() === 'string') break;
    field = child;
  }
  return field;
}
