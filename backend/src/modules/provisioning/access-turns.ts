import { Inject, Injectable } from '@nestjs/common';
import type { StepContext } from '../../engine/runs/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { Transaction } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';

interface OfConnection {
  connectionId: string;
}
type Ctx = StepContext<OfConnection>;

/** A turn outlives what is done in it: waiting for a token, one call to read, one to write. */
const spareMs = 60_000;
const lookAgainMs = 60;

/**
 * One change of a person's access at a time, over all processes. A turn is a lease row, so that no database connection is
 * held while HighLevel is asked; within a process the runs line up before they look at the row.
 */
@Injectable()
export class AccessTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(
    private readonly transaction: Transaction,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  take<Result>(ctx: Ctx, userId: string, act: () => Promise<Result>): Promise<Result> {
    const key = `${ctx.tenant}:${ctx.input.connectionId}:${userId}`;
    const mine = (this.last.get(key) ?? Promise.resolve()).then(() => this.withLease(ctx, userId, act));
    const settled = mine
      .then(() => undefined)
      .catch(() => undefined) // one that fails does not stop the next
      .finally(() => {
        if (this.last.get(key) === settled) this.last.delete(key);
      });
    this.last.set(key, settled);
    return mine;
  }

  private async withLease<Result>(ctx: Ctx, userId: string, act: () => Promise<Result>): Promise<Result> {
    await this.awaitTurn(ctx, userId);
    try {
      const result = await act();
      await this.give(ctx, userId);
      return result;
    } catch (error) {
      // A change that may still arrive at HighLevel keeps its turn until the lease ends.
      if (!(error instanceof AppError) || error.kind !== 'unknown-outcome') await this.give(ctx, userId);
      throw error;
    }
  }

  private async awaitTurn(ctx: Ctx, userId: string): Promise<void> {
    const until = this.clock.monotonic() + 2 * this.leaseMs;
    while (!(await this.claim(ctx, userId))) {
      if (this.clock.monotonic() > until)
        throw new AppError('transient', 'access-turn-taken', 'Another job is changing what this person may enter.');
      await this.clock.sleep(lookAgainMs * (0.5 + Math.random()));
    }
  }

  private claim({ tenant, runId, input }: Ctx, userId: string): Promise<boolean> {
    return this.transaction.run(tenant, async (tx) => {
      const claimed = await tx.query(
        `INSERT INTO ghl_access_turns AS t (agency_id, connection_id, user_id, owner, until)
         VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms')
         ON CONFLICT (agency_id, connection_id, user_id) DO UPDATE SET owner = excluded.owner, until = excluded.until
         WHERE t.owner = excluded.owner OR t.until < clock_timestamp() RETURNING 1`,
        [tenant, input.connectionId, userId, runId, this.leaseMs],
      );
      return claimed.length > 0;
    });
  }

  private async give({ tenant, runId, input }: Ctx, userId: string): Promise<void> {
    await this.transaction.run(tenant, (tx) =>
      tx.query(
        'DELETE FROM ghl_access_turns WHERE agency_id = $1 AND connection_id = $2 AND user_id = $3 AND owner = $4',
        [tenant, input.connectionId, userId, runId],
      ),
    );
  }

  private get leaseMs(): number {
    return 2 * this.config.CALL_DEADLINE_MS + spareMs;
  }
}
