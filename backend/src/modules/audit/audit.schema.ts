import { z } from 'zod';
import { pageOf, PageQuery } from '../../platform/http/page.schema.js';

export const AuditEntryView = z
  .object({
    seq: z.number().int(),
    at: z.iso.datetime(),
    actor: z.string(),
    /** The actor's name today, when there is one. */
    actorName: z.string().nullable(),
    action: z.string(),
    object: z.string().nullable(),
    outcome: z.enum(['ok', 'denied', 'failed']),
    data: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.output<typeof AuditEntryView>;

export const AuditQuery = PageQuery.extend({
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  outcome: z.enum(['ok', 'denied', 'failed']).optional(),
});
export type AuditQuery = z.output<typeof AuditQuery>;
export const AuditPage = pageOf(AuditEntryView).meta({ id: 'AuditPage' });

export const AuditVerdict = z
  .object({
    intact: z.boolean(),
    entries: z.number().int(),
    headHash: z.string().nullable(),
    /** The first row that does not fit the chain. */
    firstBad: z.object({ seq: z.number().int(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.output<typeof AuditVerdict>;
