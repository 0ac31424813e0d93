import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError, type FieldFault, notFound } from '../errors/index.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: string;
  readonly keys?: readonly string[];
}

const SHOWN_FAULTS = 50;

/** Nest's Standard Schema pipe, whose faults point at the field they are about. An id that is no id names nothing: 404. */
@Injectable()
export class SchemaPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    if (!metadata.schema || !this.toValidate(metadata)) return value;
    this.stripProtoKeys(value);
    const result = await this.validate<Value>(value, metadata.schema);
    if (result.issues) throw toFault(result.issues as readonly Issue[], metadata.type);
    return result.value;
  }
}

export function toFault(issues: readonly Issue[], where: ArgumentMetadata['type']): AppError {
  if (where === 'param') return notFound('such thing');
  const errors = issues.slice(0, SHOWN_FAULTS).flatMap((issue) => faultsOf(issue, where));
  return new AppError('validation', 'invalid-request', 'Some fields are not valid. Each is listed under errors.', {
    errors,
  });
}

/** An unknown property is reported by the schema on its parent; the pointer names the property itself. */
function faultsOf(issue: Issue, where: ArgumentMetadata['type']): FieldFault[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (issue.code !== 'unrecognized_keys' || !issue.keys)
    return [{ pointer: pointerTo(path, where), detail: issue.message }];
  return issue.keys
    .slice(0, SHOWN_FAULTS)
    .map((key) => ({ pointer: pointerTo([...path, key.slice(0, 100)], where), detail: 'is not known here' }));
}

function pointerTo(path: string[], where: ArgumentMetadata['type']): string {
  if (where === 'query') return `?${path.join('.')}`;
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
