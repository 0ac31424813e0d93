import { Inject, Injectable } from '@nestjs/common';
import { again, done, hold, partial, type Step, type StepContext } from '../../../engine/runs/index.js';
import { GhlPort, type GhlSnapshotLoadDetail, snapshotLoadState } from '../../../integrations/ghl/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../../platform/config/index.js';
import { GhlCalls } from '../ghl-calls.js';
import { needsLoading } from '../needs-loading.js';
import type { ProvisioningInput } from '../provisioning-input.js';
import { isOver } from '../snapshot-look.js';
import { SnapshotLooks } from '../snapshot-looks.js';
import { ChooseSnapshot } from './choose-snapshot.step.js';
import { CreateLocation } from './create-location.step.js';

export interface LoadedSnapshot {
  snapshotId: string | null;
  completed: string[];
  missing: string[];
}

/**
 * HighLevel loads a snapshot in the background, asset by asset, and tells nobody when it is done. Looks until it is; asks for
 * the load where a new sub-account did not bring it along, and again where a part failed. Asking again overrides nothing.
 */
@Injectable()
export class AwaitSnapshotLoad implements Step<ProvisioningInput, LoadedSnapshot> {
  static readonly step = 'await-snapshot-load';
  static readonly title = 'Load the snapshot';
  static readonly repeat = 'at-once';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly looks: SnapshotLooks,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { snapshotId } = ctx.outputOf(ChooseSnapshot);
    const { locationId, adopted } = ctx.outputOf(CreateLocation);
    if (snapshotId === null) return done<LoadedSnapshot>({ snapshotId, completed: [], missing: [] });
    if (ctx.noted['ask'] === true) return this.ask(ctx, snapshotId, locationId);
    if (!(adopted && ctx.noted['ask'] === undefined) && !(await this.worthAsking(ctx, snapshotId, locationId)))
      return again(this.config.SNAPSHOT_POLL_MS, 'provider');
    const load = await this.calls.company(ctx, (access, call) =>
      this.ghl.snapshotLoad(access, snapshotId, locationId, call),
    );
    if (ctx.noted['ask'] === undefined && (await this.mustAsk(ctx, adopted, load)))
      return this.ask(ctx, snapshotId, locationId);
    return this.judge(ctx, snapshotId, load);
  }

  /**
   * Which assets were loaded is told for one sub-account only, and costs a call for each. It is asked when the look that all
   * runs share says that the load is over, or was not begun; for the only one that loads, to show its progress; and for one
   * that takes long, because HighLevel's words for an end are not documented.
   */
  private async worthAsking(ctx: StepContext<ProvisioningInput>, snapshotId: string, locationId: string) {
    const waitedMs = await this.waitedMs(ctx);
    const since = ctx.noted['askedAt'] ? new Date(ctx.noted['askedAt'] as string) : ctx.intentAt;
    const look = await this.looks.at(ctx, snapshotId, locationId, since);
    if (!look) return false;
    const patienceMs = this.config.SNAPSHOT_LOAD_LIMIT;
    if (look.word ? isOver(look.word) || look.alone : waitedMs >= this.config.SETTLE_MS) return true;
    const lastAt = ctx.noted['askedLong'] as number | undefined;
    if (waitedMs < Math.min(patienceMs, (lastAt ?? 0) + patienceMs / 3)) return false;
    await ctx.note({ askedLong: waitedMs });
    return true;
  }

  /**
   * A sub-account that was taken over is asked for once, unless it has the snapshot already. A new one brings the load along,
   * so only one that has not begun after settling is asked for.
   */
  private async mustAsk(
    ctx: StepContext<ProvisioningInput>,
    adopted: boolean,
    load: GhlSnapshotLoadDetail | undefined,
  ): Promise<boolean> {
    if (adopted) return needsLoading(load);
    if (load) return false;
    return (await this.waitedMs(ctx)) >= this.config.SETTLE_MS;
  }

  private async ask(ctx: StepContext<ProvisioningInput>, snapshotId: string, locationId: string) {
    ctx.log('info', 'Asking HighLevel to load the snapshot', { snapshotId, locationId });
    await this.calls.company(ctx, (access, call) => this.ghl.loadSnapshot(access, locationId, snapshotId, call));
    const askedAt = (await this.looks.databaseTime(ctx)).toISOString();
    await ctx.note({ ask: false, since: this.clock.now().toISOString(), askedAt, askedLong: undefined });
    return again(this.config.SNAPSHOT_POLL_MS, 'provider');
  }

  private async judge(
    ctx: StepContext<ProvisioningInput>,
    snapshotId: string,
    load: GhlSnapshotLoadDetail | undefined,
  ) {
    const state = load ? snapshotLoadState(load) : 'loading';
    const [completed, missing] = [load?.completed ?? [], load?.pending ?? []];
    const output: LoadedSnapshot = { snapshotId, completed, missing };
    const evidence = { status: load?.status ?? null, completed, pending: missing };
    if (completed.length + missing.length > 0) await this.showProgress(ctx, completed, missing);
    if (state === 'loaded') return done(output, { externalId: snapshotId, evidence });
    if (state === 'loading') return this.keepLooking(ctx, evidence);
    await ctx.note({ ask: true, ...evidence });
    if (state === 'failed') {
      return hold({
        code: 'snapshot-load-failed',
        cause: 'HighLevel could not load the snapshot.',
        nextAction: 'Press Retry to ask HighLevel to load it again. Its load history names the reason.',
      });
    }
    const cause = `HighLevel loaded ${completed.length} of ${completed.length + missing.length} kinds of assets; missing: ${missing.join(', ') || 'not named'}.`;
    return partial(
      output,
      {
        code: 'snapshot-partly-loaded',
        cause,
        nextAction: 'Press Retry to load the missing part; everything else stays as it is.',
      },
      { externalId: snapshotId, evidence },
    );
  }

  private async keepLooking(ctx: StepContext<ProvisioningInput>, evidence: Record<string, unknown>) {
    if ((await this.waitedMs(ctx)) < this.config.SNAPSHOT_LOAD_LIMIT)
      return again(this.config.SNAPSHOT_POLL_MS, 'provider');
    await ctx.note({ since: undefined, askedLong: undefined, ...evidence });
    return hold({
      code: 'snapshot-load-slow',
      cause: 'HighLevel has been loading the snapshot for longer than usual and does not say that it ended.',
      nextAction: 'Look at the load history in HighLevel. Retry looks again.',
    });
  }

  private async waitedMs(ctx: StepContext<ProvisioningInput>): Promise<number> {
    const now = this.clock.now();
    if (ctx.noted['since'] === undefined) await ctx.note({ since: now.toISOString() });
    return now.getTime() - Date.parse(ctx.noted['since'] as string);
  }

  private async showProgress(
    ctx: StepContext<ProvisioningInput>,
    completed: string[],
    pending: string[],
  ): Promise<void> {
    if (ctx.noted['shown'] === completed.length) return;
    ctx.log('info', 'Snapshot assets loaded', { completed, pending });
    await ctx.note({ shown: completed.length });
    await ctx.progress(
      completed.length,
      completed.length + pending.length,
      pending[0] ? `loading ${pending[0].replaceAll('_', ' ')}` : undefined,
    );
  }
}
