import { AppError } from '../errors/index.js';
import { canonicalJson, sha256Hex } from './canonical-json.js';

/** Values of the last row's sort columns: where the next page begins. */
export type Position = (string | number)[];

/** A cursor is opaque to callers and belongs to the filter it was made with. */
export function toCursor(position: Position, filter: unknown): string {
  return Buffer.from(JSON.stringify([fingerprint(filter), ...position])).toString('base64url');
}

/** The position in a cursor of this filter with exactly these kinds of values; anything else is the caller's mistake. */
export function fromCursor(
  cursor: string | undefined,
  filter: unknown,
  kinds: ('string' | 'number' | 'uuid' | 'time')[],
): Position | undefined {
  if (cursor === undefined) return undefined;
  const [madeFor, ...position] = read(cursor);
  if (
    madeFor !== fingerprint(filter) ||
    position.length !== kinds.length ||
    !position.every((value, index) => matches(value, kinds[index]))
  ) {
    throw new AppError(
      'validation',
      'cursor-invalid',
      'This cursor does not belong to this list. Begin again without a cursor.',
      {
        errors: [{ pointer: '?cursor', detail: 'is not a cursor of this list and filter' }],
      },
    );
  }
  return position as Position;
}

/** Filters differ in what they ask for, not in how much: `limit` may change from page to page. */
function fingerprint(filter: unknown): string {
  const { cursor, limit, ...rest } = (filter ?? {}) as Record<string, unknown>;
  return sha256Hex(canonicalJson(rest)).slice(0, 12);
}

function read(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return []; // not JSON: as wrong as any other text
  }
}

function matches(value: unknown, kind: 'string' | 'number' | 'uuid' | 'time'): boolean {
  if (kind === 'number') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== 'string' || value.length > 200) return false;
  if (kind === 'uuid') return isUuid(value);
  return kind === 'string' || !Number.isNaN(Date.parse(value));
}

export const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
