export interface PastedValues {
  values: { name: string; value: string }[];
  /** Lines that are not `name=value`, by number, for the person to correct. */
  refused: { line: number; text: string }[];
}

/** Reads `name=value` lines. Blank lines and lines that begin with `#` are passed over; a later line wins. */
export function readPastedValues(text: string): PastedValues {
  const values = new Map<string, { name: string; value: string }>();
  const refused: PastedValues['refused'] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (!line || line.startsWith('#')) return;
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at < 1 || !name) refused.push({ line: index + 1, text: line });
    else values.set(name.toLowerCase(), { name, value: line.slice(at + 1).trim() });
  });
  return { values: [...values.values()], refused };
}

/** Values of the same name are replaced, new ones follow; the order of the others stays. */
export function mergeValues(
  present: readonly { name: string; value: string }[],
  added: readonly { name: string; value: string }[],
): { name: string; value: string }[] {
  const news = new Map(added.map((item) => [item.name.toLowerCase(), item]));
  const merged = present.map((item) => {
    const other = news.get(item.name.toLowerCase());
    news.delete(item.name.toLowerCase());
    return other ? { name: item.name, value: other.value } : item;
  });
  return [...merged, ...news.values()];
}
