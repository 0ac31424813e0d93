import { Inject, Injectable } from '@nestjs/common';
import type { StepContext } from '../../engine/runs/index.js';
import { GhlPort } from '../../integrations/ghl/index.js';
import { Clock, Ids } from '../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../platform/config/index.js';
import { Transaction } from '../../platform/database/index.js';
import { GhlCalls } from './ghl-calls.js';
import type { ProvisioningInput } from './provisioning-input.js';
import { countLoading, listFrom, type LoadWords, mergeWords } from './snapshot-look.js';

/** What a look says of one sub-account. Without a word HighLevel lists no load of it. */
export interface SharedLook {
  word?: { status: string };
  /** It is the only load of this snapshot that is under way. */
  alone: boolean;
}

interface Row {
  word: { status: string } | null;
  loading: number;
  /** Milliseconds since the call began that brought this; null: nobody has looked. */
  age_ms: number | null;
  /** It was asked for after what this run waits for. */
  is_newer: boolean;
}

const waitForOtherMs = 3_000;
const lookAgainMs = 250;

/**
 * One look at the loads of a snapshot serves every run that waits for one of them, in all processes: asked for each
 * sub-account, a batch would spend the agency's whole budget on polls. Whoever comes when the last look is older than the poll
 * interval asks, one at a time by a lease row on database time; the others read what it brought.
 */
@Injectable()
export class SnapshotLooks {
  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly transaction: Transaction,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A look that began after `since`, or undefined when there is none yet: come back after the poll interval. */
  async at(
    ctx: StepContext<ProvisioningInput>,
    snapshotId: string,
    locationId: string,
    since: Date,
  ): Promise<SharedLook | undefined> {
    const until = this.clock.monotonic() + waitForOtherMs;
    do {
      const row = await this.read(ctx, snapshotId, locationId, since);
      if (row && row.age_ms !== null && row.age_ms < this.config.SNAPSHOT_POLL_MS)
        return row.is_newer ? { word: row.word ?? undefined, alone: row.loading <= 1 } : undefined;
      if (!(await this.look(ctx, snapshotId))) await this.clock.sleep(lookAgainMs);
    } while (this.clock.monotonic() < until);
    return undefined;
  }

  async databaseTime(ctx: StepContext<ProvisioningInput>): Promise<Date> {
    const [{ now }] = await this.transaction.run(ctx.tenant, (tx) =>
      tx.query<{ now: Date }>('SELECT clock_timestamp() AS now'),
    );
    return now;
  }

  private async read(
    { tenant, input }: StepContext<ProvisioningInput>,
    snapshotId: string,
    locationId: string,
    since: Date,
  ): Promise<Row | undefined> {
    const [row] = await this.transaction.run(tenant, (tx) =>
      tx.query<Row>(
        `SELECT loads -> $4 AS word, loading, extract(epoch FROM clock_timestamp() - looked_at)::float8 * 1000 AS age_ms,
           looked_at >= $5 AS is_newer
         FROM ghl_snapshot_looks WHERE agency_id = $1 AND connection_id = $2 AND snapshot_id = $3`,
        [tenant, input.connectionId, snapshotId, locationId, since],
      ),
    );
    return row;
  }

  /** False when another run is asking. */
  private async look(ctx: StepContext<ProvisioningInput>, snapshotId: string): Promise<boolean> {
    const asker = this.ids.next();
    const taken = await this.take(ctx, snapshotId, asker);
    if (!taken) return false;
    const from = listFrom(taken.loads, taken.looked_at, taken.now, this.config.SNAPSHOT_LOAD_LIMIT);
    const to = new Date(taken.now.getTime() + 24 * 3_600_000);
    try {
      const listed = await this.calls.company(ctx, (access, call) =>
        this.ghl.snapshotLoads(access, snapshotId, { from, to }, call),
      );
      await this.keep(ctx, snapshotId, asker, mergeWords(taken.loads, listed, taken.now), taken.now);
    } catch (error) {
      await this.release(ctx, snapshotId, asker);
      throw error;
    }
    return true;
  }

  private async take(
    { tenant, input }: StepContext<ProvisioningInput>,
    snapshotId: string,
    asker: string,
  ): Promise<{ loads: LoadWords; looked_at: Date | null; now: Date } | undefined> {
    const leaseMs = this.config.CALL_DEADLINE_MS * 1.5;
    const [taken] = await this.transaction.run(tenant, (tx) =>
      tx.query<{ loads: LoadWords; looked_at: Date | null; now: Date }>(
        `INSERT INTO ghl_snapshot_looks AS l (agency_id, connection_id, snapshot_id, asker, asking_until)
         VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms')
         ON CONFLICT (agency_id, connection_id, snapshot_id) DO UPDATE SET asker = excluded.asker, asking_until = excluded.asking_until
           WHERE (l.asking_until IS NULL OR l.asking_until < clock_timestamp())
             AND (l.looked_at IS NULL OR l.looked_at <= clock_timestamp() - $6 * interval '1 ms')
         RETURNING loads, looked_at, clock_timestamp() AS now`,
        [tenant, input.connectionId, snapshotId, asker, leaseMs, this.config.SNAPSHOT_POLL_MS],
      ),
    );
    return taken;
  }

  private async keep(
    { tenant, input }: StepContext<ProvisioningInput>,
    snapshotId: string,
    asker: string,
    words: LoadWords,
    lookedAt: Date,
  ): Promise<void> {
    await this.transaction.run(tenant, (tx) =>
      tx.query(
        `UPDATE ghl_snapshot_looks SET loads = $5, loading = $6, looked_at = $7, asker = NULL, asking_until = NULL
         WHERE agency_id = $1 AND connection_id = $2 AND snapshot_id = $3 AND asker = $4`,
        [tenant, input.connectionId, snapshotId, asker, JSON.stringify(words), countLoading(words), lookedAt],
      ),
    );
  }

  /** The next run asks at once; if this is lost with the process, after the lease. */
  private async release(
    { tenant, input }: StepContext<ProvisioningInput>,
    snapshotId: string,
    asker: string,
  ): Promise<void> {
    await this.transaction
      .run(tenant, (tx) =>
        tx.query(
          `UPDATE ghl_snapshot_looks SET asker = NULL, asking_until = NULL
           WHERE agency_id = $1 AND connection_id = $2 AND snapshot_id = $3 AND asker = $4`,
          [tenant, input.connectionId, snapshotId, asker],
        ),
      )
      .catch(() => undefined);
  }
}
