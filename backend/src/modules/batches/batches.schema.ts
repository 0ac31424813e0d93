import { z } from 'zod';
import { Attention } from '../../engine/runs/runs.schema.js';
import { pageOf, PageQuery } from '../../platform/http/page.schema.js';
import { BusinessProfile, CustomValue, NewTeamMember, SnapshotChoice } from '../provisioning/provisioning.schema.js';

export const rowsAtMost = 10_000;
export const columnsAtMost = 200;

/** A row's place in its batch, in an address. */
export const RowNumber = z.coerce.number().int().min(1).max(rowsAtMost);

export const uploadBytesAtMost = 12 * 1024 * 1024;

/** What a column can be, in the order people read it. Beside these: `value:NAME` is a custom value, `user:N:…` a person. */
export const batchFields = [...(Object.keys(BusinessProfile.shape) as (keyof BusinessProfile)[]), 'snapshot'] as const;
export const userFields = ['email', 'firstName', 'lastName', 'name', 'role', 'type'] as const;

/**
 * What one column of the file is: a field of the business, `snapshot` (an id or a name, `recommend` or `none`),
 * `value:Booking Link` (the custom value of that name), `user:1:email` (of the first person to invite) or `ignore`.
 */
export const ColumnTarget = z
  .string()
  .max(220)
  .refine(isTarget, 'must be a field such as email, snapshot, value:NAME, user:1:email, or ignore')
  .meta({ id: 'ColumnTarget' });

export function isTarget(target: string): boolean {
  if (target === 'ignore' || (batchFields as readonly string[]).includes(target)) return true;
  if (/^value:.*\S/.test(target)) return target.length <= 206;
  const person = /^user:([1-9]|10):(\w+)$/.exec(target);
  return person !== null && (userFields as readonly string[]).includes(person[2]);
}

/** By column name. A column that is not named here is mapped by its header. */
export const ColumnMapping = z
  .record(z.string().max(200), ColumnTarget)
  .refine((mapping) => Object.keys(mapping).length <= columnsAtMost, `must name at most ${columnsAtMost} columns`)
  .meta({ id: 'ColumnMapping' });
export type ColumnMapping = z.output<typeof ColumnMapping>;

/** What holds for every row that does not say otherwise. */
export const BatchDefaults = z
  .strictObject({
    /** The HighLevel connection; may be left out while there is only one. */
    connectionId: z.uuid().optional(),
    snapshot: SnapshotChoice.default('recommend'),
    country: BusinessProfile.shape.country,
    timezone: BusinessProfile.shape.timezone,
    /** Written into every sub-account, unless the row has a value of this name. */
    customValues: z.array(CustomValue).max(1_000).default([]),
    /** Invited to every sub-account, beside those of the row. */
    users: z.array(NewTeamMember).max(100).default([]),
    /** When a sub-account with this e-mail and name exists: take it over, or refuse the row. */
    existing: z.enum(['adopt', 'refuse']).default('refuse'),
    /** `apply` corrects what can be corrected without doubt (a national phone number, "USA") and says so as a warning. */
    corrections: z.enum(['suggest', 'apply']).default('suggest'),
  })
  .meta({ id: 'BatchDefaults' });
export type BatchDefaults = z.output<typeof BatchDefaults>;

const title = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const cell = z.union([z.string().max(20_000), z.number(), z.boolean(), z.null()]);

/** The rows as JSON, or the text of a CSV file. The file itself may also be sent as it is, with the content type text/csv. */
export const NewBatch = z
  .strictObject({
    title: title.optional(),
    fileName: z.string().max(200).optional(),
    /** One object a row; its keys are the columns. */
    rows: z
      .array(z.record(z.string().max(200), cell))
      .min(1, 'must hold a row')
      .max(rowsAtMost, `must hold at most ${rowsAtMost} rows`)
      .optional(),
    csv: z.string().optional(),
    /** How the file was written, where it is known. */
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be']).optional(),
    mapping: ColumnMapping.default({}),
    defaults: BatchDefaults.prefault({}),
  })
  .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), {
    message: 'either rows or csv must be given',
    path: ['rows'],
  })
  .meta({ id: 'NewBatch' });
export type NewBatch = z.output<typeof NewBatch>;

/** For a file that is sent as text/csv, which has no place for a name. */
export const NewBatchQuery = z.strictObject({ title: title.optional(), fileName: z.string().max(200).optional() });
export type NewBatchQuery = z.output<typeof NewBatchQuery>;

/** Replaces what is given, then every row is checked again. Possible until the batch is started. */
export const ChangeBatch = z
  .strictObject({ title: title.optional(), mapping: ColumnMapping.optional(), defaults: BatchDefaults.optional() })
  .meta({ id: 'ChangeBatch' });
export type ChangeBatch = z.output<typeof ChangeBatch>;

/** Leaves rows out or takes them in again, or chooses their snapshot. */
export const ChangeBatchRows = z
  .strictObject({
    rows: z.array(z.int().min(1).max(rowsAtMost)).min(1).max(rowsAtMost),
    excluded: z.boolean().optional(),
    /** Stands whatever the file says; null leaves it to the file again. */
    snapshot: SnapshotChoice.nullable().optional(),
  })
  .refine(({ excluded, snapshot }) => (excluded === undefined) !== (snapshot === undefined), {
    message: 'either excluded or snapshot must be given',
    path: ['excluded'],
  })
  .meta({ id: 'ChangeBatchRows' });
export type ChangeBatchRows = z.output<typeof ChangeBatchRows>;

export const StartBatch = z
  .strictObject({ planHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the planHash of the batch') })
  .meta({ id: 'StartBatch' });
export type StartBatch = z.output<typeof StartBatch>;

/** One group of failures by its code and step, or everything that failed. */
export const RetryBatch = z
  .strictObject({ code: z.string().max(100).optional(), step: z.string().max(100).optional() })
  .meta({ id: 'RetryBatch' });
export type RetryBatch = z.output<typeof RetryBatch>;

export const UndoBatch = z
  .strictObject({
    /** The title of the batch, typed by the person. */
    confirm: z.string().max(500),
  })
  .meta({ id: 'UndoBatch' });
export type UndoBatch = z.output<typeof UndoBatch>;

/**
 * draft: a column must be mapped first · checking: rows are being read · ready: look at them, then start · starting: jobs
 * are being begun · running · paused: nothing new begins · finished: nothing happens by itself any more · cancelled.
 */
export const BatchState = z
  .enum(['draft', 'checking', 'ready', 'starting', 'running', 'paused', 'finished', 'cancelled'])
  .meta({ id: 'BatchState' });
export type BatchState = z.output<typeof BatchState>;

/**
 * Before the start: unchecked, ready, warning (will be done), problem (will be left out), excluded. From then on what its
 * job does: queued, running, waiting, paused, needs-human, done, partial (done, but look), failed, cancelled, undoing, undone.
 */
export const BatchRowState = z
  .enum([
    ...(['unchecked', 'ready', 'warning', 'problem', 'excluded'] as const),
    ...(['queued', 'running', 'waiting', 'paused', 'needs-human'] as const),
    ...(['done', 'partial', 'failed', 'cancelled', 'undoing', 'undone'] as const),
  ])
  .meta({ id: 'BatchRowState' });
export type BatchRowState = z.output<typeof BatchRowState>;

const count = z.int().min(0);
/** Every row is counted once: the states add up to the total. */
export const BatchCounts = z
  .object({
    total: count,
    ...(Object.fromEntries(BatchRowState.options.map((state) => [state, count])) as Record<
      BatchRowState,
      typeof count
    >),
  })
  .meta({ id: 'BatchCounts' });
export type BatchCounts = z.output<typeof BatchCounts>;

export const RowIssue = z
  .object({
    severity: z.enum(['problem', 'warning']),
    code: z.string(),
    /** The column of the file that it is about, as its header says. */
    column: z.string().nullable(),
    /** What is wrong, and what to do. */
    message: z.string(),
    /** What the cell may have meant. */
    suggestion: z.string().nullable(),
  })
  .meta({ id: 'RowIssue' });
export type RowIssue = z.output<typeof RowIssue>;

export const RowSnapshot = z
  .object({
    id: z.string().nullable(),
    name: z.string().nullable(),
    chosenBy: z.enum(['person', 'recommendation', 'none']),
    confidence: z.number().nullable(),
  })
  .meta({ id: 'RowSnapshot' });
export type RowSnapshot = z.output<typeof RowSnapshot>;

export const RowCandidate = z
  .object({ id: z.string(), name: z.string(), confidence: z.number() })
  .meta({ id: 'RowCandidate' });
export type RowCandidate = z.output<typeof RowCandidate>;

export const BatchRow = z
  .object({
    n: z.int(),
    line: z.int(),
    state: BatchRowState,
    name: z.string().nullable(),
    email: z.string().nullable(),
    /** What starting would do. */
    action: z.enum(['create', 'adopt']).nullable(),
    snapshot: RowSnapshot.nullable(),
    /** What a person chose for this row. */
    choice: SnapshotChoice.nullable(),
    /** What came nearest while nothing could be recommended, the best first. */
    candidates: z.array(RowCandidate),
    issues: z.array(RowIssue),
    /** As they stand in the file, in the order of the columns. */
    cells: z.array(z.string()),
    jobId: z.uuid().nullable(),
    locationId: z.string().nullable(),
    /** Why a person should look at its job. */
    attention: Attention.nullable(),
  })
  .meta({ id: 'BatchRow' });
export type BatchRow = z.output<typeof BatchRow>;

export const BatchRowsQuery = PageQuery.extend({
  /** Repeat or separate by commas. */
  state: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value : value.split(',')).filter(Boolean))
    .pipe(z.array(BatchRowState).max(16))
    .optional(),
  /** Part of the business's name or e-mail. */
  search: z.string().max(200).optional(),
  /** Of one group of failures. */
  code: z.string().max(100).optional(),
});
export type BatchRowsQuery = z.output<typeof BatchRowsQuery>;
export const BatchRowsPage = pageOf(BatchRow).meta({ id: 'BatchRowsPage' });

export const BatchColumn = z
  .object({
    name: z.string(),
    /** Null: not recognised, and so left aside. */
    target: ColumnTarget.nullable(),
    mappedBy: z.enum(['header', 'person']).nullable(),
    /** From the first rows. */
    examples: z.array(z.string()),
  })
  .meta({ id: 'BatchColumn' });
export type BatchColumn = z.output<typeof BatchColumn>;

export const BatchPlan = z
  .object({
    planHash: z.string(),
    create: count,
    adopt: count,
    /** Rows that starting leaves out. */
    problems: count,
    excluded: count,
    /** Calls that spend the agency's budget, calls that spend the sub-accounts' own, and looks at loading snapshots. */
    calls: z.object({ company: count, location: count, polls: count }),
    /** From the rate budget, for everything that it bounds. */
    estimateMs: count,
    snapshots: z.array(
      z.object({
        id: z.string().nullable(),
        name: z.string().nullable(),
        rows: count,
        recommended: count,
        lowestConfidence: z.number().nullable(),
      }),
    ),
    madeAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'BatchPlan' });
export type BatchPlan = z.output<typeof BatchPlan>;

export const BatchProgress = z
  .object({
    /** Rows whose job has ended, and rows that have a job. */
    ended: count,
    begun: count,
    /** Over the last minutes; null while nothing has ended. */
    ratePerMinute: z.number().nullable(),
    timeLeftMs: count.nullable(),
    /** The job that has been under way for longest. */
    oldestOpen: z.object({ n: z.int(), jobId: z.uuid(), title: z.string(), since: z.iso.datetime() }).nullable(),
  })
  .meta({ id: 'BatchProgress' });
export type BatchProgress = z.output<typeof BatchProgress>;

export const BatchFailures = z
  .object({
    code: z.string(),
    step: z.string().nullable(),
    rows: count,
    cause: z.string(),
    nextAction: z.string(),
    jobId: z.uuid(),
  })
  .meta({ id: 'BatchFailures' });
export type BatchFailures = z.output<typeof BatchFailures>;

export const BatchAction = z
  .enum(['change', 'start', 'pause', 'resume', 'cancel', 'retry', 'undo'])
  .meta({ id: 'BatchAction' });
export type BatchAction = z.output<typeof BatchAction>;

const summary = {
  id: z.uuid(),
  title: z.string(),
  state: BatchState,
  counts: BatchCounts,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
};
export const BatchSummary = z.object(summary).meta({ id: 'BatchSummary' });
export type BatchSummary = z.output<typeof BatchSummary>;
export const BatchesPage = pageOf(BatchSummary).meta({ id: 'BatchesPage' });
export const BatchesQuery = PageQuery;
export type BatchesQuery = z.output<typeof BatchesQuery>;

export const Batch = z
  .object({
    ...summary,
    source: z.object({
      kind: z.enum(['csv', 'rows']),
      fileName: z.string().nullable(),
      encoding: z.string().nullable(),
      delimiter: z.string().nullable(),
      bytes: count.nullable(),
    }),
    columns: z.array(BatchColumn),
    defaults: BatchDefaults,
    connectionId: z.uuid().nullable(),
    /** What must be mapped before rows can be checked. */
    missingFields: z.array(z.string()),
    /** The checking or starting that is under way: how far it is, and why it waits. */
    work: z
      .object({
        kind: z.enum(['check', 'start']),
        done: count,
        total: count,
        waitingFor: z.string().nullable(),
        attention: Attention.nullable(),
      })
      .nullable(),
    checkedAt: z.iso.datetime().nullable(),
    /** When HighLevel's sub-accounts were last listed, and how many there were. */
    locationsReadAt: z.iso.datetime().nullable(),
    locationsSeen: count.nullable(),
    plan: BatchPlan.nullable(),
    progress: BatchProgress.nullable(),
    failures: z.array(BatchFailures),
    /** What a person may do now. */
    actions: z.array(BatchAction),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Batch' });
export type Batch = z.output<typeof Batch>;

/** The flag alone, or true: only rows that cannot be done, with what to correct. */
export const RowsFileQuery = z.strictObject({
  problems: z.union([z.literal('').transform(() => true), z.stringbool()]).default(false),
});
export type RowsFileQuery = z.output<typeof RowsFileQuery>;

export const BatchResult = z
  .object({
    batchId: z.uuid(),
    rows: z.array(
      z.object({
        row: z.int(),
        line: z.int(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        state: BatchRowState,
        locationId: z.string().nullable(),
        snapshot: z.string().nullable(),
        /** Why it was left out, failed or must be looked at. */
        cause: z.string().nullable(),
        /** Address of its job's page. */
        job: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'BatchResult' });
export type BatchResult = z.output<typeof BatchResult>;
