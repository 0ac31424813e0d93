import type { LiveRuns } from './live-runs.js';
import type { Claim, EventLine, RunRow, RunStore, Save, Saved, StepPatch, StepRow } from './run-store.js';
import type { LogLevel } from './runs.schema.js';

/** The run was taken over, or the process is ending: stop at once, write nothing, start no call. */
export class HoldLost extends Error {
  constructor() {
    super('The run is no longer held.');
  }
}

/** This attempt took too long: start no further call, hand the run back. What was asked for is settled by the next attempt. */
export class TimeIsUp extends Error {
  constructor() {
    super('This attempt has reached its soft limit.');
  }
}

/** What the worker promises to whoever carries a run. */
export interface Holding {
  /** Aborts when the lease is lost or the process must end. */
  readonly signal: AbortSignal;
  /** Aborts when the attempt reaches its soft limit: end what you do, the run is handed back. */
  readonly timeIsUp: AbortSignal;
  /** Resolves while the lease is provably ours, after renewing it when little is left; throws HoldLost otherwise. */
  proveLease(): Promise<void>;
  /** Finish the step in hand, then hand the run back. */
  draining(): boolean;
  /** The last step has ended: another run may have the place while this one's end is written. */
  makeRoom(): void;
  /** A step's end has been written: whatever happens now, this holder made progress. */
  gotFurther(): void;
}

const linesEveryMs = 50;

/**
 * One claim of one run: its rows as this holder knows them, and every write to them, in order.
 * A finished step is staged and committed together with the intent of the next one: one commit per step.
 */
export class RunSession {
  cancelRequested: boolean;
  private staged: StepPatch[] = [];
  private lines: EventLine[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private flushTimer?: NodeJS.Timeout;

  constructor(
    private readonly store: RunStore,
    private readonly live: LiveRuns,
    readonly claim: Claim,
    readonly run: RunRow,
    readonly holding: Holding,
  ) {
    this.cancelRequested = run.cancel_requested_at !== null;
  }

  log(level: LogLevel, message: string, step?: string, data?: Record<string, unknown>): void {
    this.lines.push({ level, message, step, data });
    this.flushTimer ??= setTimeout(() => this.flushLines(), linesEveryMs);
  }

  /** To be written with the next save, which must follow without an outside call in between. */
  stage(row: StepRow, patch: Omit<StepPatch, 'ordinal'>): void {
    this.staged.push({ ordinal: row.ordinal, ...patch });
    Object.assign(row, patch);
  }

  /** Writes the patch, what is staged and the pending lines in one commit. Throws HoldLost when the run is not ours any more. */
  save(patch: Save, row?: StepRow): Promise<Saved | undefined> {
    const steps = mergedByStep([...this.staged, ...(patch.steps ?? [])]);
    const run = this.staged.length > 0 ? { no_progress: 0 as const, ...patch.run } : patch.run;
    this.staged = [];
    if (row) for (const step of patch.steps ?? []) Object.assign(row, step);
    return this.enqueue({ run, steps, events: this.takeLines() });
  }

  async close(): Promise<void> {
    clearTimeout(this.flushTimer);
    await this.last.catch(() => undefined);
  }

  /** Lines on their own may be lost with a failing write; what is staged may not, so it is left for the next save. */
  private flushLines(): void {
    void this.enqueue({ steps: [], events: this.takeLines() }).catch(() => undefined);
  }

  private takeLines(): EventLine[] {
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    const lines = this.lines;
    this.lines = [];
    return lines;
  }

  private enqueue(save: Save): Promise<Saved | undefined> {
    const saving = this.last.catch(() => undefined).then(() => this.write(save));
    this.last = saving;
    return saving;
  }

  private async write(save: Save): Promise<Saved | undefined> {
    if (!save.run && save.steps!.length === 0 && save.events!.length === 0) return undefined;
    // A step that goes on after it was let go must not write beside its successor.
    if (this.holding.signal.aborted) throw new HoldLost();
    const saved = await this.store.save(this.claim, save);
    if (!saved) throw new HoldLost();
    this.cancelRequested = saved.cancelRequested;
    if (save.run?.no_progress === 0) this.holding.gotFurther();
    const changed = save.run !== undefined || save.steps!.length > 0;
    this.live.announce({ tenant: this.claim.tenant, runId: this.claim.runId, lastSeq: saved.lastSeq, changed });
    return saved;
  }
}

/** A step that is settled and begun again in one save is written once. */
function mergedByStep(patches: StepPatch[]): StepPatch[] {
  const byStep = new Map<number, StepPatch>();
  for (const patch of patches) byStep.set(patch.ordinal, { ...byStep.get(patch.ordinal), ...patch });
  return [...byStep.values()];
}

/** An attempt that was ended tells nothing about the step. */
export function rethrowIfEnded(thrown: unknown, { holding }: RunSession): void {
  if (thrown instanceof HoldLost || holding.signal.aborted) throw new HoldLost();
  if (thrown instanceof TimeIsUp) throw thrown;
}

/** Waits for a step no longer than the run is held: one that ignores every signal keeps neither its run nor its place. */
export function untilLetGo<Result>({ signal }: Holding, act: Promise<Result>): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const letGo = () => reject(new HoldLost());
    if (signal.aborted) letGo();
    signal.addEventListener('abort', letGo, { once: true });
    void act.then(resolve, reject).finally(() => signal.removeEventListener('abort', letGo));
  });
}
