import type { FieldTree, ValidationError } from '@angular/forms/signals';
import { fieldAt, pathOfPointer } from './field-path';
import { toProblem } from '../http/problem';

/** The faults that the server found, each on the field it speaks of. */
export function serverFaults<Model>(form: FieldTree<Model>, error: unknown): ValidationError.WithFieldTree[] {
  return (toProblem(error).errors ?? []).map(({ pointer, detail }) => ({
    kind: 'server',
    message: detail,
    fieldTree: fieldAt(form as FieldTree<unknown>, pathOfPointer(pointer)),
  }));
}
