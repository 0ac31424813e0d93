import type { GhlCustomValue } from '../../integrations/ghl/index.js';
import { type CustomValue, valueKey } from './provisioning.schema.js';

export interface ValueWrite {
  name: string;
  value: string;
  /** Absent: there is none of this name yet. */
  id?: string;
  was?: string;
}

/**
 * What must be written so that the live values are the wanted ones; what is right already is left alone. An empty value that
 * is not there reads the same as one that is, so it is not made.
 */
export function valuesToWrite(wanted: CustomValue[], live: GhlCustomValue[]): ValueWrite[] {
  const byKey = new Map(live.toReversed().map((value) => [valueKey(value.name), value]));
  return wanted.flatMap(({ name, value }) => {
    const present = byKey.get(valueKey(name));
    if (!present) return value === '' ? [] : [{ name, value }];
    return present.value === value ? [] : [{ name: present.name, value, id: present.id, was: present.value }];
  });
}
