import {
  required,
  validateTree,
  type FieldTree,
  type SchemaPathTree,
  type ValidationError,
} from '@angular/forms/signals';
import { config } from 'zod';
import { PlanProvisioning } from '../../../../backend/src/modules/provisioning/provisioning.schema';
import type { Problem } from '../api/models';
import { toPlan, type DraftModel } from './draft-model';
import { fieldAt, pathOfPointer } from '../ui/field-path';

// The console's content security policy forbids made-up code; zod then need not try.
config({ jitless: true });

/** The server's own rules, run in the form; so each rule is written once. */
export function planRules(path: SchemaPathTree<DraftModel>): void {
  required(path.business.name, { message: 'must not be empty' });
  required(path.business.email, { message: 'must not be empty' });
  validateTree(path, ({ value, fieldTree }) => {
    const verdict = PlanProvisioning.safeParse(toPlan(value()));
    return (verdict.error?.issues ?? []).map((issue) =>
      fault(fieldTree as FieldTree<DraftModel>, issue.path, issue.message),
    );
  });
}

/** The faults that the server found, each on the field it speaks of. */
export function serverFaults(form: FieldTree<DraftModel>, problem: Problem): ValidationError.WithFieldTree[] {
  return (problem.errors ?? []).map(({ pointer, detail }) => fault(form, pathOfPointer(pointer), detail));
}

function fault(
  form: FieldTree<DraftModel>,
  path: readonly PropertyKey[],
  message: string,
): ValidationError.WithFieldTree {
  const field = fieldAt(form as FieldTree<unknown>, formPath(path));
  return { kind: 'rule', message: path[0] === 'snapshot' ? 'choose a snapshot' : message, fieldTree: field };
}

/** In the form a chosen snapshot is one field, whatever part of the choice was wrong. */
function formPath(path: readonly PropertyKey[]): PropertyKey[] {
  return path[0] === 'snapshot' ? ['snapshot', 'id'] : [...path];
}
