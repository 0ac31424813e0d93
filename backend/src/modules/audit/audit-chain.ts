import { createHash } from 'node:crypto';
import { canonicalJson } from '../../platform/http/canonical-json.js';
import type { AuditVerdict } from './audit.schema.js';

/** An entry as it is hashed. `at` has microseconds, so that no digit of it can change unseen. */
export interface ChainedEntry {
  agencyId: string;
  seq: number;
  at: string;
  actor: string;
  action: string;
  object: string | null;
  outcome: string;
  data: Record<string, unknown>;
  prev: string;
  hash: string;
}

export interface Head {
  seq: number;
  hash: string;
}

/** What the first entry follows. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/** sha256 of the predecessor's hash followed by the entry's canonical JSON; hexadecimal. */
export function hashOfEntry({
  agencyId,
  seq,
  at,
  actor,
  action,
  object,
  outcome,
  data,
  prev,
}: Omit<ChainedEntry, 'hash'>): string {
  const row = canonicalJson({ agencyId, seq, at, actor, action, object, outcome, data });
  return createHash('sha256').update(Buffer.from(prev, 'hex')).update(row).digest('hex');
}

/** Follows a chain from its first entry and stops at the first one that does not fit. */
export class ChainWalk {
  private last = GENESIS;
  private fault: AuditVerdict['firstBad'] = null;

  constructor(private readonly agencyId?: string) {}

  get broken(): boolean {
    return this.fault !== null;
  }

  follow(entry: ChainedEntry): void {
    this.fault ??= this.faultOf(entry);
    if (!this.fault) this.last = { seq: entry.seq, hash: entry.hash };
  }

  /** The end must be where the head says, or entries were cut off. */
  end(head: Head): AuditVerdict {
    this.fault ??= this.faultAtEnd(head);
    return {
      intact: this.fault === null,
      entries: this.last.seq,
      headHash: head.seq === 0 ? null : head.hash,
      firstBad: this.fault,
    };
  }

  private faultOf(entry: ChainedEntry): AuditVerdict['firstBad'] {
    const expected = this.last.seq + 1;
    if (entry.seq > expected) return { seq: expected, reason: 'The entry is missing.' };
    if (entry.seq < expected) return { seq: entry.seq, reason: 'The entry stands in the wrong place.' };
    if (this.agencyId !== undefined && entry.agencyId !== this.agencyId)
      return { seq: entry.seq, reason: 'The entry belongs to another agency.' };
    if (entry.prev !== this.last.hash)
      return { seq: entry.seq, reason: 'The entry does not follow the one before it.' };
    if (entry.hash !== hashOfEntry(entry))
      return { seq: entry.seq, reason: 'The entry was changed after it was written.' };
    return null;
  }

  private faultAtEnd(head: Head): AuditVerdict['firstBad'] {
    if (this.last.seq < head.seq) return { seq: this.last.seq + 1, reason: 'The entry and all after it are missing.' };
    if (this.last.seq > head.seq)
      return { seq: head.seq + 1, reason: 'The entry was added without moving the head of the chain.' };
    return this.last.hash === head.hash
      ? null
      : { seq: head.seq, reason: 'The entry is not the one the head of the chain names.' };
  }
}
