import type { z } from 'zod';
import type { TenantId } from '../../platform/database/index.js';
import type { RetryPolicy } from './choose-retry.js';
import type { QueueLane } from '../queue/queue.port.js';
import type { Attention, LogLevel, WaitingFor } from './runs.schema.js';

/**
 * What may happen when a step was begun and its outcome was lost (a crash, a time-out, an unreadable answer):
 * - `at-once`: it only reads, or the provider guarantees that asking twice is asking once; run it again;
 * - `after-settling`: it looks before each write; wait until the lost call must show, then run it again;
 * - `on-evidence`: asking twice makes two; `reconcile` must look for the effect first.
 */
export type Repeat = 'at-once' | 'after-settling' | 'on-evidence';

/** One outside effect, killable anywhere. */
export interface Step<Input, Output> {
  /** Makes the effect. Throws an AppError whose kind is true; anything else thrown counts as an unknown outcome. */
  run(ctx: StepContext<Input>): Promise<StepResult<Output>>;
  /** Looks for the effect of an attempt whose outcome is unknown. Changes nothing outside. */
  reconcile?(ctx: StepContext<Input>): Promise<Evidence<Output>>;
  /** Removes exactly what this step made. Is safe to repeat: it looks before it removes. `made` is absent when the step never finished. */
  undo?(ctx: StepContext<Input>, made: Output | undefined): Promise<UndoResult>;
}

export interface StepClass<Input = never, Output = unknown> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors differ by what is injected
  new (...dependencies: any[]): Step<Input, Output>;
  /** Stored in every run: never rename. */
  readonly step: string;
  readonly title: string;
  readonly repeat: Repeat;
}

export interface Saga<Input = unknown> {
  readonly name: string;
  /** Raised when the list of steps changes; the old definition stays until no run uses it. */
  readonly version: number;
  readonly input: z.ZodType<Input>;
  readonly steps: readonly StepClass<Input, unknown>[];
  readonly retry?: RetryPolicy;
  /** Housekeeping that nobody started: lists leave it out until a person has to look. */
  readonly background?: boolean;
}

export function saga<Schema extends z.ZodType>(
  name: string,
  definition: {
    version: number;
    input: Schema;
    steps: readonly StepClass<z.output<Schema>, unknown>[];
    retry?: RetryPolicy;
    background?: boolean;
  },
): Saga<z.output<Schema>> {
  return { name, ...definition, input: definition.input as z.ZodType<z.output<Schema>> };
}

export interface StepContext<Input> {
  readonly tenant: TenantId;
  readonly runId: string;
  readonly createdBy: string;
  /** The run's queue: whose turn it is where calls are scarce. */
  readonly queue: QueueLane;
  readonly input: Input;
  /** The same for every attempt of this step, different for every other step of every run. */
  readonly marker: string;
  /** When the effect was first asked for, by database time. */
  readonly intentAt: Date;
  /** The step ended `partial` before and a person asked for the missing part. */
  readonly repairing: boolean;
  /** What this step noted about itself with `note`, in this attempt or an earlier one. */
  readonly noted: Record<string, unknown>;
  /** Aborts when this attempt has lasted too long; no call begins after that. A step that works long without calls listens. */
  readonly timeIsUp: AbortSignal;
  outputOf<Output>(step: StepClass<never, Output> | StepClass<Input, Output>): Output;
  /** Every call to a provider goes through here: it proves the lease, gives the deadline, and ends when the lease is lost. */
  call<Answer>(act: (call: { signal: AbortSignal; deadlineMs: number }) => Promise<Answer>): Promise<Answer>;
  /** A constant sentence; what varies goes into `data`. */
  log(level: LogLevel, message: string, data?: Record<string, unknown>): void;
  /** Saved at once and shown as `137/150`. */
  progress(done: number, total: number, note?: string): Promise<void>;
  /** Saved at once, so that a successor, or `undo`, finds it. Merged into what was noted before. */
  note(facts: Record<string, unknown>): Promise<void>;
}

export type Via = 'direct' | 'search' | 'callback' | 'webhook' | 'human';
interface Made<Output> {
  output: Output;
  externalId?: string;
  evidence?: Record<string, unknown>;
}
export type Warning = Omit<Attention, 'step'>;

export type StepResult<Output> =
  | ({ kind: 'done' } & Made<Output>)
  /** Usable, but not whole: shown in yellow, the run goes on, `retry` repairs it. */
  | ({ kind: 'partial'; attention: Warning } & Made<Output>)
  /** Not finished: look again later. */
  | { kind: 'again'; inMs: number; waitingFor: Extract<WaitingFor, 'provider' | 'schedule'> }
  /** A person has to decide. */
  | { kind: 'hold'; attention: Warning };

export type Evidence<Output> =
  | ({ kind: 'found'; via: Exclude<Via, 'direct'> } & Made<Output>)
  | { kind: 'none' }
  /** Certain, because the step notes something right before it asks: the attempt ended before that. */
  | { kind: 'not-asked' }
  | { kind: 'several'; attention: Warning; evidence: Record<string, unknown> };

export type UndoResult = { kind: 'undone'; evidence?: Record<string, unknown> } | { kind: 'hold'; attention: Warning };

export const done = <Output>(output: Output, more: Omit<Made<Output>, 'output'> = {}): StepResult<Output> => ({
  kind: 'done',
  output,
  ...more,
});
export const partial = <Output>(
  output: Output,
  attention: Warning,
  more: Omit<Made<Output>, 'output'> = {},
): StepResult<Output> => ({
  kind: 'partial',
  output,
  attention,
  ...more,
});
export const again = (
  inMs: number,
  waitingFor: 'provider' | 'schedule',
): { kind: 'again'; inMs: number; waitingFor: 'provider' | 'schedule' } => ({
  kind: 'again',
  inMs,
  waitingFor,
});
export const hold = (attention: Warning): { kind: 'hold'; attention: Warning } => ({ kind: 'hold', attention });
