import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HoldLost, type Holding, TimeIsUp } from './run-session.js';
import { type Claim, RunStore } from './run-store.js';

interface Held {
  claim: Claim;
  lease: AbortController;
  /** By the monotonic clock, counted from before the database was asked: never later than the database's own. */
  leaseUntil: number;
  since: number;
  /** Aborts at the soft limit. */
  timeIsUp: AbortController;
}

/** The leases of this process: keeps them alive, proves them, and says at once when one is lost. */
@Injectable()
export class HeldRuns {
  readonly owner: string;
  private readonly held = new Map<string, Held>();
  private timer?: NodeJS.Timeout;
  private beating?: Promise<void>;
  private turnedAt = performance.now();
  /** Claims that ended while this process went on, not told yet. */
  private outlived: Claim[] = [];
  private telling?: Promise<void>;
  private isDraining = false;

  constructor(
    private readonly store: RunStore,
    private readonly log: Log,
    ids: Ids,
    @Inject(ENGINE_TIMES) private readonly times: EngineTimes,
  ) {
    this.owner = `${hostname()}:${process.pid}:${ids.next().slice(-12)}`;
  }

  start(): void {
    this.isDraining = false;
    this.turnedAt = performance.now();
    this.timer = setInterval(() => {
      this.dropExpired();
      this.turnedAt = performance.now();
      this.limit();
      void this.beat();
      this.tellOutlived();
    }, this.times.heartbeatMs);
  }

  /** `askedAt`: monotonic time before the claim was sent. */
  hold(claim: Claim, askedAt: number): Omit<Holding, 'makeRoom' | 'gotFurther'> {
    const held: Held = {
      ...{ claim, lease: new AbortController(), leaseUntil: askedAt + this.times.leaseMs },
      ...{ since: askedAt, timeIsUp: new AbortController() },
    };
    // This process slept through its own lease and now takes the run up again.
    this.lose(this.held.get(claim.runId));
    this.held.set(claim.runId, held);
    return {
      signal: held.lease.signal,
      timeIsUp: held.timeIsUp.signal,
      proveLease: () => this.prove(held),
      draining: () => this.isDraining,
    };
  }

  release(claim: Claim): void {
    const held = this.held.get(claim.runId);
    if (held?.claim !== claim) return;
    // The database may have noticed before a heartbeat did.
    if (held.leaseUntil <= performance.now()) this.lose(held);
    this.held.delete(claim.runId);
  }

  holds(runId: string): boolean {
    return this.held.has(runId);
  }

  drain(): void {
    this.isDraining = true;
  }

  /** Ends every call in hand. Leases run out by themselves. */
  letGo(): void {
    clearInterval(this.timer);
    for (const held of this.held.values()) held.lease.abort(new HoldLost());
  }

  private async prove(held: Held): Promise<void> {
    const enough = this.times.leaseMs / 3;
    const runsShort = held.leaseUntil - performance.now() < enough;
    if (runsShort && !held.lease.signal.aborted) await Promise.race([this.beat(), aborted(held.lease.signal)]);
    this.dropExpired();
    if (held.lease.signal.aborted) throw new HoldLost();
  }

  /** A heartbeat that hangs must not keep a lease alive in our eyes only. */
  private dropExpired(): void {
    for (const held of this.held.values()) if (held.leaseUntil <= performance.now()) this.lose(held);
  }

  /**
   * A run may only be blamed for a lease that ran out when its holder died, or stood still for a good part of it. A holder
   * that went on was slow, or was not heard.
   */
  private lose(held: Held | undefined): void {
    if (!held || held.lease.signal.aborted) return;
    held.lease.abort(new HoldLost());
    const { runId, tenant: tenantId } = held.claim;
    const stoodStillMs = Math.round(performance.now() - this.turnedAt);
    this.log.warn('The lease of a run ran out in this process; a successor goes on with it', {
      ...{ runId, tenantId, stoodStillMs },
    });
    if (stoodStillMs < this.times.leaseMs / 2) this.outlived.push(held.claim);
  }

  private tellOutlived(): void {
    if (this.outlived.length === 0) return;
    const told = [...this.outlived];
    this.telling ??= this.store
      .outlived(told)
      .then(() => (this.outlived = this.outlived.filter((claim) => !told.includes(claim))))
      .catch((error) => this.log.warn('Could not tell that this process outlived its claims; trying again', { error }))
      .then(() => (this.telling = undefined));
  }

  /** No attempt lasts for ever. A lease that is let go is not renewed, so a successor takes the run when it has ended. */
  private limit(): void {
    for (const { claim, lease, since, timeIsUp } of this.held.values()) {
      const heldMs = performance.now() - since;
      if (heldMs > this.times.runSoftMs && !timeIsUp.signal.aborted) timeIsUp.abort(new TimeIsUp());
      if (heldMs <= this.times.runHardMs || lease.signal.aborted) continue;
      this.log.error('A run was let go: its attempt reached the hard limit', {
        runId: claim.runId,
        tenantId: claim.tenant,
      });
      lease.abort(new HoldLost());
    }
  }

  private beat(): Promise<void> {
    this.beating ??= this.renewAll()
      .catch((error) => this.log.warn('Heartbeat failed', { error }))
      .finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async renewAll(): Promise<void> {
    const all = [...this.held.values()].filter((held) => !held.lease.signal.aborted);
    if (all.length === 0) return;
    const askedAt = performance.now();
    const claims = all.map((held) => held.claim);
    const alive = await this.store.heartbeat(this.owner, claims, this.times.leaseMs);
    for (const held of all) {
      if (alive.has(held.claim.runId)) held.leaseUntil = askedAt + this.times.leaseMs;
      else if (this.held.get(held.claim.runId) === held) this.lose(held);
    }
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
