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
    this.timer = setInterval(() => {
      this.dropExpired();
      this.limit();
      void this.beat();
    }, this.times.heartbeatMs);
  }

  /** `askedAt`: monotonic time before the claim was sent. */
  hold(claim: Claim, askedAt: number): Omit<Holding, 'makeRoom'> {
    const held: Held = {
      ...{ claim, lease: new AbortController(), leaseUntil: askedAt + this.times.leaseMs },
      ...{ since: askedAt, timeIsUp: new AbortController() },
    };
    // This process slept through its own lease and now takes the run up again.
    this.held.get(claim.runId)?.lease.abort(new HoldLost());
    this.held.set(claim.runId, held);
    return {
      signal: held.lease.signal,
      timeIsUp: held.timeIsUp.signal,
      proveLease: () => this.prove(held),
      draining: () => this.isDraining,
    };
  }

  release(claim: Claim): void {
    if (this.held.get(claim.runId)?.claim === claim) this.held.delete(claim.runId);
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
    for (const held of this.held.values()) if (held.leaseUntil <= performance.now()) held.lease.abort(new HoldLost());
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
      else if (this.held.get(held.claim.runId) === held) held.lease.abort(new HoldLost());
    }
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
