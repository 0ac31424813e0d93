import { z } from 'zod';
import { type ChainedEntry, ChainWalk, GENESIS, type Head } from './audit-chain.js';
import type { AuditVerdict } from './audit.schema.js';

const ExportedHead = z.strictObject({
  head: z.object({ agencyId: z.string(), seq: z.number().int(), hash: z.string() }),
});
const ExportedEntry = z.strictObject({
  agencyId: z.string(),
  seq: z.number().int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  object: z.string().nullable(),
  outcome: z.string(),
  data: z.record(z.string(), z.unknown()),
  prev: z.string(),
  hash: z.string(),
});

/** One line of an export: an entry, and at the very end the head that the entries must lead to. */
export const entryLine = (entry: ChainedEntry) => `${JSON.stringify(entry)}\n`;
export const headLine = (agencyId: string, head: Head) => `${JSON.stringify({ head: { agencyId, ...head } })}\n`;

/** Checks an export without the database: all that is needed is the file. */
export async function verifyExport(lines: Iterable<string> | AsyncIterable<string>): Promise<AuditVerdict> {
  let walk: ChainWalk | undefined;
  let last = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const parsed = read(line);
    const head = ExportedHead.safeParse(parsed);
    if (head.success) return (walk ?? new ChainWalk()).end(head.data.head);
    const entry = ExportedEntry.safeParse(parsed);
    if (!entry.success) return broken(last, 'The line is not an entry of an audit export.');
    walk ??= new ChainWalk(entry.data.agencyId);
    walk.follow(entry.data);
    if (walk.broken) return walk.end(GENESIS);
    last = entry.data.seq;
  }
  return broken(last, 'The export ends without its head; lines were cut off.');
}

const broken = (last: number, reason: string): AuditVerdict => ({
  intact: false,
  entries: last,
  headHash: null,
  firstBad: { seq: last + 1, reason },
});

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // told as a line that is no entry
  }
}
