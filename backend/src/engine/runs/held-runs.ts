import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { Ids } from '../../platform/clock/clock.js';
import { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HoldLost, type Holding } from './run-session.js';
import { type Claim, RunStore } from './run-store.js';

interface Held {
  claim: Claim;
  lease: AbortController;
  /** By the monotonic clock, counted from before the database was asked: never later than the database's own. */
  leaseUntil: number;
}

/** The leases of this process: keeps them alive, proves them, and says at once when one is lost. */
@Injectable()
export class HeldRuns {
  readonly owner: string;
  private readonly held = new Map<string, Held>();
  private timer?: NodeJS.Timeout;
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
    this.timer = setInterval(() => void this.beat().catch(() => undefined), this.times.heartbeatMs);
  }

  /** `askedAt`: monotonic time before the claim was sent. */
  hold(claim: Claim, askedAt: number): Holding {
    const held: Held = { claim, lease: new AbortController(), leaseUntil: askedAt + this.times.leaseMs };
    this.held.set(claim.runId, held);
    return { signal: held.lease.signal, proveLease: () => this.prove(held), draining: () => this.isDraining };
  }

  release(claim: Claim): void {
    if (this.held.get(claim.runId)?.claim === claim) this.held.delete(claim.runId);
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
    if (held.leaseUntil - performance.now() < enough) await this.beat().catch(() => undefined);
    if (held.leaseUntil <= performance.now()) held.lease.abort(new HoldLost());
    if (held.lease.signal.aborted) throw new HoldLost();
  }

  private async beat(): Promise<void> {
    const all = [...this.held.values()];
    if (all.length === 0) return;
    const askedAt = performance.now();
    let alive: Set<string>;
    try {
      alive = await this.store.heartbeat(
        this.owner,
        all.map((held) => held.claim),
        this.times.leaseMs,
      );
    } catch (error) {
      this.log.warn('Heartbeat failed', { error });
      for (const held of all) if (held.leaseUntil <= performance.now()) held.lease.abort(new HoldLost());
      return;
    }
    for (const held of all) {
      if (alive.has(held.claim.runId)) held.leaseUntil = askedAt + this.times.leaseMs;
      else if (this.held.get(held.claim.runId) === held) held.lease.abort(new HoldLost());
    }
  }
}
