import type { LogLevel, LogLine } from '../api/models';

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export const LEVELS: { level: LogLevel; label: string }[] = [
  { level: 'debug', label: 'Everything' },
  { level: 'info', label: 'Information and above' },
  { level: 'warn', label: 'Warnings and errors' },
  { level: 'error', label: 'Errors only' },
];

export function atLeast(lines: readonly LogLine[], level: LogLevel): readonly LogLine[] {
  return level === 'debug' ? lines : lines.filter((line) => RANK[line.level] >= RANK[level]);
}

/** The line as one string, the way it is searched and shown. */
export function lineText(line: LogLine): string {
  return line.data ? `${line.message} ${JSON.stringify(line.data)}` : line.message;
}

/** Positions of the lines that hold the words, in any case of letters. */
export function matchesIn(lines: readonly LogLine[], words: string): number[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const found: number[] = [];
  lines.forEach((line, index) => {
    if (lineText(line).toLowerCase().includes(wanted) || line.step?.toLowerCase().includes(wanted)) found.push(index);
  });
  return found;
}

/** Cuts a text at the words, so that the template can mark them. */
export function cut(text: string, words: string): { text: string; hit: boolean }[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [{ text, hit: false }];
  const lower = text.toLowerCase();
  const parts: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    parts.push({ text: text.slice(at, at + wanted.length), hit: true });
    from = at + wanted.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}

/** The sequence number in `#line-123`, or null. */
export function lineOfFragment(fragment: string | null | undefined): number | null {
  const found = /^line-(\d{1,10})$/.exec(fragment ?? '');
  return found ? Number(found[1]) : null;
}

/** Where a line of this number is, or where it would be, in lines that are sorted by number. */
export function indexOfSeq(lines: readonly LogLine[], seq: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, lines.length - 1);
}
