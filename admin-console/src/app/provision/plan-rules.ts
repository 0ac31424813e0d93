// First: schemas decide when they are made whether to compile themselves.
import '../ui/zod-without-eval';
import {
  required,
  validateTree,
  type FieldTree,
  type SchemaPathTree,
  type ValidationError,
} from '@angular/forms/signals';
import { PlanProvisioning } from '../../../../backend/src/modules/provisioning/provisioning.schema';
import { toProblem } from '../http/problem';
import { toPlan, type DraftModel } from './draft-model';
import { fieldAt, pathOfPointer } from '../ui/field-path';

/** The server's own rules, run in the form; so each rule is written once. */
export function planRules(path: SchemaPathTree<DraftModel>): void {
  required(path.business.name, { message: 'must not be empty' });
  required(path.business.email, { message: 'must not be empty' });
  validateTree(path, ({ value, fieldTree }) => {
    const verdict = PlanProvisioning.safeParse(toPlan(value()));
    return (verdict.error?.issues ?? []).map((issue) =>
      fault(fieldTree as FieldTree<DraftModel>, issue.path, words(issue.path, issue.message)),
    );
  });
}

/** The schema says of a missing choice only that no form of it fits. */
function words(path: readonly PropertyKey[], message: string): string {
  return path[0] === 'snapshot' ? 'choose a snapshot' : message;
}

/** The faults that the server found, each on the field it speaks of. */
export function planFaults(form: FieldTree<DraftModel>, error: unknown): ValidationError.WithFieldTree[] {
  return (toProblem(error).errors ?? []).map(({ pointer, detail }) => fault(form, pathOfPointer(pointer), detail));
}

function fault(
  form: FieldTree<DraftModel>,
  path: readonly PropertyKey[],
  message: string,
): ValidationError.WithFieldTree {
  return { kind: 'rule', message, fieldTree: fieldAt(form as FieldTree<unknown>, formPath(path)) };
}

/** In the form a chosen snapshot is one field, whatever part of the choice was wrong. */
function formPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
  return path[0] === 'snapshot' ? ['snapshot', 'id'] : path;
}
