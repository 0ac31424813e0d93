/** What a provider sent may hold NUL bytes or half a surrogate pair, which jsonb refuses: nothing may fail on its own log. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? item.replaceAll('\u0000', '\uFFFD').toWellFormed() : item,
  );
}
