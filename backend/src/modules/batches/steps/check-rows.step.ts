import { Injectable } from '@nestjs/common';
import { done, type Step, type StepContext } from '../../../engine/runs/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transaction } from '../../../platform/database/index.js';
import { GhlAccounts } from '../../ghl-oauth/index.js';
import {
  BulkProvisioning,
  businessKey,
  type ListedLocations,
  ListLocations,
  type PlanningDesk,
} from '../../provisioning/index.js';
import type { BatchEntity } from '../batch.entity.js';
import { BatchPlans } from '../batch-plans.js';
import { checkRow, type CheckedRow } from '../check-row.js';
import { mapColumns } from '../map-columns.js';
import { readRow } from '../read-row.js';
import { RowChecks } from '../row-checks.js';
import type { BatchWorkInput } from '../work-input.js';

export interface RowsChecked {
  checked: number;
}

/** Few enough that everything else in this process gets its turn between two of them. */
const rowsAtOnce = 200;

/** What rows are compared with: HighLevel's sub-accounts as they were read once, the library, and the rows before. */
interface Surroundings {
  desk: PlanningDesk;
  listed: ListedLocations;
  /** The first row of each business. */
  first: Map<string, number>;
}

/** Judges every row of a batch. Reads only; what it finds is kept row by row, so that it goes on where it stopped. */
@Injectable()
export class CheckRows implements Step<BatchWorkInput, RowsChecked> {
  static readonly step = 'check-rows';
  static readonly title = 'Check the rows';
  static readonly repeat = 'at-once';

  constructor(
    private readonly bulk: BulkProvisioning,
    private readonly locations: ListLocations,
    private readonly accounts: GhlAccounts,
    private readonly checks: RowChecks,
    private readonly plans: BatchPlans,
    private readonly transaction: Transaction,
    private readonly clock: Clock,
  ) {}

  async run(ctx: StepContext<BatchWorkInput>) {
    const { batchId, connectionId } = ctx.input;
    const batch = await this.transaction.run(ctx.tenant, (tx) => this.checks.current(tx, ctx.input));
    if (!batch) return done<RowsChecked>({ checked: 0 });
    const desk = await this.bulk.desk(ctx.tenant, connectionId);
    const listed = await this.locations.all((ask) =>
      this.accounts.asCompany(ctx.tenant, connectionId, (access) =>
        ctx.call((call) => ask(access, { ...call, lane: ctx.queue })),
      ),
    );
    const readAt = this.clock.now();
    const first = await this.firstRows(ctx, connectionId);
    for (let checked = 0; ;) {
      const slice = await this.checkSome(ctx, batch, { desk, listed, first });
      if (slice === 'superseded') return done<RowsChecked>({ checked });
      checked += slice;
      if (slice === 0) {
        await this.transaction.run(ctx.tenant, (tx) => this.plans.finishCheck(tx, ctx.input, readAt, listed.count));
        return done<RowsChecked>({ checked }, { evidence: { batchId, locations: listed.count } });
      }
      await ctx.progress(checked, batch.rowCount);
    }
  }

  /** How many rows were judged; none when all are. */
  private async checkSome(
    ctx: StepContext<BatchWorkInput>,
    batch: BatchEntity,
    { desk, listed, first }: Surroundings,
  ): Promise<number | 'superseded'> {
    const { connectionId } = ctx.input;
    const layout = {
      columns: mapColumns(batch.columns, batch.mapping),
      defaults: batch.defaults,
      connectionId,
      snapshots: desk.shelf.snapshots,
    };
    const rows = await this.transaction.run(ctx.tenant, (tx) => this.checks.unchecked(tx, batch.id, rowsAtOnce));
    const read = rows.map((row) => ({ ...row, ...readRow(layout, row.cells, row.choice) }));
    const keys = read.flatMap(({ request }) => (request ? [businessKey(connectionId, request.business)] : []));
    const earlier = await this.transaction.run(ctx.tenant, (tx) => this.bulk.earlier(tx, keys));
    await this.bulk.foresee(
      desk,
      read.flatMap(({ request }) => request ?? []),
    );
    const checked: CheckedRow[] = [];
    for (const row of read) {
      const key = row.name && row.email ? businessKey(connectionId, { name: row.name, email: row.email }) : undefined;
      const sameAs = key && !row.excluded ? first.get(key) : undefined;
      if (key && !row.excluded && sameAs === undefined) first.set(key, row.n);
      const plan = (request: NonNullable<typeof row.request>) =>
        this.bulk.plan(desk, request, listed.of(request.business), earlier.get(key!));
      checked.push(await checkRow(row, layout.columns, sameAs, plan));
    }
    const kept = await this.transaction.run(ctx.tenant, (tx) => this.checks.keep(tx, ctx.input, checked));
    return kept ? checked.length : 'superseded';
  }

  private async firstRows(ctx: StepContext<BatchWorkInput>, connectionId: string): Promise<Map<string, number>> {
    const judged = await this.transaction.run(ctx.tenant, (tx) => this.checks.judged(tx, ctx.input.batchId));
    const first = new Map<string, number>();
    for (const { n, name, email } of judged) {
      const key = businessKey(connectionId, { name, email });
      if (!first.has(key)) first.set(key, n);
    }
    return first;
  }
}
