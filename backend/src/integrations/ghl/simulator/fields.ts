import { Refusal } from './http.js';

/** `string`, `boolean`, `string[]` or nested fields; a trailing `*` means required. */
export type Fields = { [name: string]: string | Fields };

/** HighLevel's validator: unknown properties are refused, and all faults come at once as an array (422). */
export function checkFields(body: Record<string, unknown>, fields: Fields): void {
  const faults = faultsOf(body, fields, '');
  if (faults.length > 0) throw new Refusal(422, faults);
}

function faultsOf(body: Record<string, unknown>, fields: Fields, prefix: string): string[] {
  const unknown = Object.keys(body)
    .filter((name) => !(name in fields))
    .map((name) => `property ${prefix}${name} should not exist`);
  const wrong = Object.entries(fields).flatMap(([name, field]) => {
    const value = body[name];
    if (typeof field === 'object') return isObject(value) ? faultsOf(value, field, `${prefix}${name}.`) : [];
    const required = field.endsWith('*');
    const type = field.replace('*', '');
    if (value === undefined)
      return required ? [`${prefix}${name} should not be empty`, `${prefix}${name} must be ${phrase(type)}`] : [];
    return fits(value, type) ? [] : [`${prefix}${name} must be ${phrase(type)}`];
  });
  return [...unknown, ...wrong];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const phrase = (type: string) => (type === 'string[]' ? 'an array of strings' : `a ${type}`);

function fits(value: unknown, type: string): boolean {
  if (type === 'string[]') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (type === 'object') return isObject(value);
  return typeof value === type;
}
