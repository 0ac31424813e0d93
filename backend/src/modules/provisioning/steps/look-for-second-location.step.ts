import { Inject, Injectable } from '@nestjs/common';
import { again, done, hold, RunsService, type Step, type StepContext } from '../../../engine/runs/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../../platform/config/index.js';
import { Transaction } from '../../../platform/database/index.js';
import { FindLocation } from '../find-location.js';
import { GhlCalls } from '../ghl-calls.js';
import type { LocationAuditInput } from '../location-audit-input.js';
import { createLocationStep } from '../provisioning-input.js';

/** Waits until its time has come, then looks for sub-accounts that nobody of us owns. Never deletes one. */
@Injectable()
abstract class LookForSecondLocation implements Step<LocationAuditInput, { looked: true }> {
  protected abstract readonly index: number;

  constructor(
    private readonly find: FindLocation,
    private readonly calls: GhlCalls,
    private readonly runs: RunsService,
    private readonly transaction: Transaction,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(ctx: StepContext<LocationAuditInput>) {
    const { business, locationId, before, createdAt } = ctx.input;
    const waitMs = Date.parse(createdAt) + this.config.LOCATION_AUDIT_AFTER[this.index] - this.clock.now().getTime();
    if (waitMs > 0) return again(waitMs, 'schedule');
    const alike = await this.calls.company(ctx, (access, call) => this.find.madeSince(before, access, business, call));
    const recorded = await this.transaction.run(ctx.tenant, (tx) =>
      this.runs.recordedExternalIds(
        tx,
        createLocationStep,
        alike.map(({ id }) => id),
      ),
    );
    const second = alike.map(({ id }) => id).filter((id) => id !== locationId && !recorded.has(id));
    if (second.length === 0)
      return done<{ looked: true }>({ looked: true }, { evidence: { seen: alike.map(({ id }) => id) } });
    await ctx.note({ second });
    return hold({
      code: 'second-location',
      cause: `HighLevel has ${second.length} more sub-account${second.length > 1 ? 's' : ''} of “${business.name}” than we know of: ${second.join(', ')}.`,
      nextAction: `The one in use is ${locationId}. Delete the other in HighLevel, then press Retry to look again.`,
    });
  }
}

const repeat = 'at-once' as const;

@Injectable()
export class FirstLook extends LookForSecondLocation {
  static readonly step = 'first-look';
  static readonly title = 'First look';
  static readonly repeat = repeat;
  protected readonly index = 0;
}

@Injectable()
export class SecondLook extends LookForSecondLocation {
  static readonly step = 'second-look';
  static readonly title = 'Second look';
  static readonly repeat = repeat;
  protected readonly index = 1;
}

@Injectable()
export class ThirdLook extends LookForSecondLocation {
  static readonly step = 'third-look';
  static readonly title = 'Third look';
  static readonly repeat = repeat;
  protected readonly index = 2;
}
