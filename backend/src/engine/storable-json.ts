/** What a provider sent may hold NUL bytes or half a surrogate pair, which jsonb refuses: nothing may fail on its own log. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return unstorable.test(text) ? JSON.stringify(value, storable) : text;
}

/** How JSON.stringify writes them; a backslash before one makes it harmless, and the slow way finds nothing to replace. */
const unstorable = /\\u(0000|d[89a-f])/;
const storable = (_key: string, item: unknown) =>
  typeof item === 'string' ? item.replaceAll('\u0000', '\uFFFD').toWellFormed() : item;
