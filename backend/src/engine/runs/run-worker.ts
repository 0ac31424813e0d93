import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { TenantId } from '../../platform/database/index.js';
import { Log } from '../../platform/logging/index.js';
import { type Nudge, type NudgeConsumer, type QueueLane, QueuePort } from '../queue/queue.port.js';
import { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HeldRuns } from './held-runs.js';
import { RunExecutor } from './run-executor.js';
import { type Claimed, type FreePlaces, RunStore } from './run-store.js';
import { SagaRegistry } from './saga-registry.js';

/** A run that goes on within this time is waited for here, so that it is not late by a poll. */
const alarmAtMostMs = 60_000;
/** Deaths of its process after which a run is taken alone; runs_claim counts the same. */
const suspectAfter = 2;
/** What kills a process does so soon, but a machine that is short of everything is slow. It holds up nothing else for longer. */
const suspectShowsMs = 5_000;
/** Time to notice that the holds are gone. */
const letGoMs = 500;

/**
 * A quarter is added to the configured places, and only runs that must not wait behind others may have it: those of the
 * queue `priority`, and the first one of an agency that holds nothing.
 */
export function freePlaces(concurrency: number, carried: number): FreePlaces {
  const reserve = Math.ceil(concurrency / 4);
  return {
    any: Math.max(concurrency - carried, 0),
    reserved: Math.max(concurrency + reserve - Math.max(carried, concurrency), 0),
  };
}

/** Takes due runs and carries them, as many at a time as configured. Woken by nudges; looks by itself when none come. */
@Injectable()
export class RunWorker implements NudgeConsumer {
  private working = false;
  private claiming?: Promise<void>;
  private claimingNext?: Promise<void>;
  /** Those who wait for room, which runs of the queue `priority` have sooner. */
  private readonly roomAgain = { priority: aSignal(), others: aSignal() };
  private lastTurn?: TenantId;
  private pollTimer?: NodeJS.Timeout;
  private readonly alarms = new Set<NodeJS.Timeout>();
  private readonly carried = new Set<Promise<void>>();
  /** Runs whose last step has ended and whose end is being written: they need no place any more. */
  private readonly ending = new Set<Claimed>();
  /** May be what killed their last holders: nothing is taken beside them until they got further, were put down, or time has shown. */
  private readonly suspects = new Map<Claimed, NodeJS.Timeout>();

  constructor(
    private readonly queue: QueuePort,
    private readonly store: RunStore,
    private readonly executor: RunExecutor,
    private readonly registry: SagaRegistry,
    private readonly held: HeldRuns,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ENGINE_TIMES) private readonly times: EngineTimes,
  ) {}

  /** How many runs are in hand here. */
  get carrying(): number {
    return this.carried.size;
  }

  async start(): Promise<void> {
    this.working = true;
    this.held.start();
    await this.queue.consume(this);
    this.poll();
  }

  async wake({ runId, lane }: Nudge): Promise<boolean> {
    await this.ring();
    return this.room(lane) === undefined || this.held.holds(runId);
  }

  room(lane: QueueLane): Promise<void> | undefined {
    const whose = lane === 'priority' ? 'priority' : 'others';
    return this.hasRoom(whose) ? undefined : this.roomAgain[whose].promise;
  }

  private hasRoom(whose: 'priority' | 'others'): boolean {
    const { any, reserved } = this.free;
    return any > 0 || (whose === 'priority' && reserved > 0);
  }

  private get free(): FreePlaces {
    if (this.suspects.size > 0) return { any: 0, reserved: 0 };
    return freePlaces(this.config.WORKER_CONCURRENCY, this.carried.size - this.ending.size);
  }

  /**
   * Claims no more, lets steps in hand finish within the drain time, then lets go. A call that may have written is left to
   * its successor, who looks for its outcome.
   */
  async stop(): Promise<void> {
    this.working = false;
    await this.queue.stop();
    clearTimeout(this.pollTimer);
    for (const alarm of [...this.alarms, ...this.suspects.values()]) clearTimeout(alarm);
    this.held.drain();
    await this.claiming;
    await this.carriedWithin(this.times.drainMs);
    this.held.letGo();
    await this.carriedWithin(letGoMs);
  }

  private async carriedWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout;
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([Promise.allSettled(this.carried), grace]).finally(() => clearTimeout(timer));
  }

  /** Look for due runs soon; resolves when that is done. Rings while a claim is under way are answered by one more claim. */
  private ring(): Promise<void> {
    if (!this.working) return Promise.resolve();
    if (!this.claiming) return (this.claiming = this.claimSoon().finally(() => (this.claiming = undefined)));
    this.claimingNext ??= this.claiming.then(() => {
      this.claimingNext = undefined;
      return this.ring();
    });
    return this.claimingNext;
  }

  /** Runs that end together leave their places together: one claim fills them all. */
  private async claimSoon(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.claim();
  }

  private async claim(): Promise<void> {
    const { free } = this;
    if (free.any + free.reserved === 0) return;
    try {
      const askedAt = performance.now();
      const { owner } = this.held;
      const claims = await this.store.claim(
        owner,
        this.registry.definitions(),
        this.times.leaseMs,
        free,
        this.lastTurn,
      );
      for (const claim of claims) this.carry(claim, askedAt);
      this.lastTurn = claims.at(-1)?.tenant ?? this.lastTurn;
    } catch (error) {
      this.log.warn('Could not look for due runs', { error });
    }
  }

  private carry(claim: Claimed, askedAt: number): void {
    const makeRoom = () => {
      this.ending.add(claim);
      this.fillPlaces();
    };
    const gotFurther = () => this.acquit(claim);
    if (claim.run.no_progress > suspectAfter) this.suspects.set(claim, setTimeout(gotFurther, suspectShowsMs));
    const holding = { ...this.held.hold(claim, askedAt), makeRoom, gotFurther };
    const carrying = this.executor
      .execute(claim, holding)
      .then(({ againInMs }) => this.alarm(againInMs))
      .catch((error) =>
        this.log.error('A run could not be carried on; its lease will end and it is taken up again', {
          runId: claim.runId,
          error,
        }),
      )
      .finally(() => {
        this.held.release(claim);
        this.acquit(claim);
        this.carried.delete(carrying);
        if (!this.ending.delete(claim)) this.fillPlaces();
      });
    this.carried.add(carrying);
  }

  private acquit(claim: Claimed): void {
    clearTimeout(this.suspects.get(claim));
    if (this.suspects.delete(claim)) this.fillPlaces();
  }

  /** While more is due than fits, a place that is left is filled by this look, and no nudge is taken for it. */
  private fillPlaces(): void {
    void this.ring().then(() => this.tellOfRoom());
  }

  private tellOfRoom(): void {
    for (const whose of ['priority', 'others'] as const) {
      if (!this.hasRoom(whose)) continue;
      this.roomAgain[whose].resolve();
      this.roomAgain[whose] = aSignal();
    }
  }

  private alarm(inMs: number | undefined): void {
    if (inMs === undefined || inMs > alarmAtMostMs || !this.working) return;
    const alarm = setTimeout(() => {
      this.alarms.delete(alarm);
      void this.ring();
    }, inMs + 5);
    this.alarms.add(alarm);
  }

  private poll(): void {
    if (!this.working) return;
    void this.ring();
    this.pollTimer = setTimeout(() => this.poll(), this.times.sweepMs * (0.75 + Math.random() / 2));
  }
}

function aSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
