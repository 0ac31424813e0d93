import { z } from 'zod';
import { pageOf, PageQuery } from '../../platform/http/page.schema.js';

export const RunState = z
  .enum(['ready', 'running', 'waiting', 'done', 'failed', 'cancelled', 'undoing', 'undone', 'needs-human'])
  .meta({ id: 'RunState' });
export type RunState = z.output<typeof RunState>;

export const WaitingFor = z
  .enum(['retry', 'settle', 'provider', 'schedule', 'rate-budget', 'breaker', 'connection', 'approval', 'pause'])
  .meta({ id: 'WaitingFor' });
export type WaitingFor = z.output<typeof WaitingFor>;

export const StepState = z
  .enum(['planned', 'intent', 'unknown', 'done', 'partial', 'rejected', 'undoing', 'undone', 'needs-human'])
  .meta({ id: 'StepState' });
export type StepState = z.output<typeof StepState>;

export const LogLevel = z.enum(['debug', 'info', 'warn', 'error']).meta({ id: 'LogLevel' });
export type LogLevel = z.output<typeof LogLevel>;

/** Why a person should look, and what to do. */
export const Attention = z
  .object({ code: z.string(), cause: z.string(), nextAction: z.string(), step: z.string().nullish() })
  .meta({ id: 'Attention' });
export type Attention = z.output<typeof Attention>;

/** What a person may do with a job in its present state. */
export const RunAction = z.enum(['retry', 'cancel', 'undo']).meta({ id: 'RunAction' });
export type RunAction = z.output<typeof RunAction>;

const summary = {
  id: z.uuid(),
  saga: z.string(),
  title: z.string(),
  state: RunState,
  direction: z.enum(['forward', 'undo']),
  waitingFor: WaitingFor.nullable(),
  /** When a waiting job goes on by itself, if that is known. */
  continuesAt: z.iso.datetime().nullable(),
  attention: Attention.nullable(),
  stepsDone: z.number().int(),
  stepsTotal: z.number().int(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
};
export const JobSummary = z.object(summary).meta({ id: 'JobSummary' });
export type JobSummary = z.output<typeof JobSummary>;

export const JobStep = z
  .object({
    ordinal: z.number().int(),
    name: z.string(),
    title: z.string(),
    state: StepState,
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    /** How often the effect was asked for; more than 1 means that it was issued again on evidence. */
    issueCount: z.number().int(),
    /** How we know the outcome: the answer itself, a search, a webhook, or a person. */
    via: z.enum(['direct', 'search', 'callback', 'webhook', 'human']).nullable(),
    externalId: z.string().nullable(),
    progress: z.object({ done: z.number(), total: z.number(), note: z.string().optional() }).nullable(),
    output: z.unknown().nullable(),
    evidence: z.unknown().nullable(),
    error: z.object({ kind: z.string(), code: z.string(), detail: z.string() }).nullable(),
    canUndo: z.boolean(),
  })
  .meta({ id: 'JobStep' });
export type JobStep = z.output<typeof JobStep>;

export const JobDetail = z
  .object({
    ...summary,
    version: z.number().int(),
    attempts: z.number().int(),
    lastSeq: z.number().int(),
    cancelRequested: z.boolean(),
    steps: z.array(JobStep),
    actions: z.array(RunAction),
    output: z.unknown().nullable(),
  })
  .meta({ id: 'JobDetail' });
export type JobDetail = z.output<typeof JobDetail>;

export const LogLine = z
  .object({
    seq: z.number().int(),
    at: z.iso.datetime(),
    level: LogLevel,
    step: z.string().nullable(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'LogLine' });
export type LogLine = z.output<typeof LogLine>;

export const JobsQuery = PageQuery.extend({
  /** Repeat or separate by commas. */
  state: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value : value.split(',')).filter(Boolean))
    .pipe(z.array(RunState).max(9))
    .optional(),
  saga: z.string().max(100).optional(),
  /** Part of the title, or a whole job id. */
  search: z.string().max(200).optional(),
  /** Only jobs that a person should look at. */
  attention: z.stringbool().optional(),
  /** Also housekeeping that nobody started. Jobs that a person should look at are always listed. */
  background: z.stringbool().optional(),
});
export type JobsQuery = z.output<typeof JobsQuery>;
export const JobsPage = pageOf(JobSummary).meta({ id: 'JobsPage' });

export const LogQuery = z.strictObject({
  /** The last sequence number the caller already has. */
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});
export type LogQuery = z.output<typeof LogQuery>;
export const LogPage = z.object({ lines: z.array(LogLine), lastSeq: z.number().int() }).meta({ id: 'LogPage' });

export const UndoJob = z
  .strictObject({
    /** The job's title, typed by the person, as a guard against the wrong tab. */
    confirm: z.string().max(500),
  })
  .meta({ id: 'UndoJob' });
export type UndoJob = z.output<typeof UndoJob>;

/** States in which nothing goes on without a person. */
export const StoppedState = z.enum(['failed', 'needs-human']).meta({ id: 'StoppedState' });
export type StoppedState = z.output<typeof StoppedState>;

/** Jobs that stopped for the same cause at the same step: one look, one decision. */
export const JobCause = z
  .object({
    code: z.string(),
    step: z.string().nullable(),
    state: StoppedState,
    jobs: z.number().int(),
    /** Of the newest of them. */
    attention: Attention,
    newestAt: z.iso.datetime(),
  })
  .meta({ id: 'JobCause' });
export type JobCause = z.output<typeof JobCause>;
export const JobCauses = z.object({ items: z.array(JobCause) }).meta({ id: 'JobCauses' });

export const RetryJobs = z
  .strictObject({
    code: z.string().min(1).max(200),
    step: z.string().max(100).optional(),
    state: StoppedState.optional(),
    /** Oldest first; ask again for the rest. */
    limit: z.number().int().min(1).max(1_000).default(200),
  })
  .meta({ id: 'RetryJobs' });
export type RetryJobs = z.output<typeof RetryJobs>;
export const RetriedJobs = z
  .object({
    retried: z.number().int(),
    /** Still stopped for this cause: more than the limit, or their business has a newer job. */
    left: z.number().int(),
  })
  .meta({ id: 'RetriedJobs' });
export type RetriedJobs = z.output<typeof RetriedJobs>;
