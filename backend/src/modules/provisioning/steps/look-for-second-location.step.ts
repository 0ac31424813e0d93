import { Inject, Injectable } from '@nestjs/common';
import { again, done, hold, RunsService, type Step, type StepContext } from '../../../engine/runs/index.js';
import { type GhlLocation, GhlPort } from '../../../integrations/ghl/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { type Config, CONFIG } from '../../../platform/config/index.js';
import { Transaction } from '../../../platform/database/index.js';
import { AppError } from '../../../platform/errors/index.js';
import { FindLocation, isSecond } from '../find-location.js';
import { GhlCalls } from '../ghl-calls.js';
import type { LocationAuditInput } from '../location-audit-input.js';
import { LocationLooks } from '../location-looks.js';
import { createLocationStep } from '../provisioning-input.js';

/** It may be that much later than its time, so that it shares its look with others: a minute of ten, two hours of a day. */
const slackShare = 0.1;

/** Waits until its time has come, then looks for sub-accounts that nobody of us owns. Never deletes one. */
@Injectable()
abstract class LookForSecondLocation implements Step<LocationAuditInput, { looked: true }> {
  protected abstract readonly index: number;

  constructor(
    private readonly ghl: GhlPort,
    private readonly looks: LocationLooks,
    private readonly find: FindLocation,
    private readonly calls: GhlCalls,
    private readonly runs: RunsService,
    private readonly transaction: Transaction,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(ctx: StepContext<LocationAuditInput>) {
    const { business, locationId, before, createdAt } = ctx.input;
    const afterMs = this.config.LOCATION_AUDIT_AFTER[this.index];
    const due = new Date(Date.parse(createdAt) + afterMs);
    const waitMs = due.getTime() - this.clock.now().getTime();
    if (waitMs > 0) return again(waitMs, 'schedule');
    const slackMs = afterMs * slackShare;
    const look = await this.looks.at(ctx, { name: business.name, before, due, slackMs });
    if (look.kind === 'later') return again(look.inMs, 'schedule');
    const ids = new Set(look.ids);
    if (!look.covered) for (const { id } of await this.byEmail(ctx)) ids.add(id);
    for (const id of [locationId, ...before]) ids.delete(id);
    const recorded = await this.transaction.run(ctx.tenant, (tx) =>
      this.runs.recordedExternalIds(tx, createLocationStep, [...ids]),
    );
    const second: string[] = [];
    for (const id of ids) if (!recorded.has(id) && (await this.isAlike(ctx, id))) second.push(id);
    if (second.length === 0) return done<{ looked: true }>({ looked: true }, { evidence: { seen: [...ids] } });
    await ctx.note({ second });
    return hold({
      code: 'second-location',
      cause: `HighLevel has ${second.length} more sub-account${second.length > 1 ? 's' : ''} of “${business.name}” than we know of: ${second.join(', ')}.`,
      nextAction: `The one in use is ${locationId}. Delete the other in HighLevel, then press Retry to look again.`,
    });
  }

  /** Only where the list ended before it came to what was there earlier. */
  private byEmail(ctx: StepContext<LocationAuditInput>): Promise<GhlLocation[]> {
    return this.calls.company(ctx, (access, call) => this.find.byEmail(access, ctx.input.business, call));
  }

  /** As it is now: a person may have renamed or deleted it since it was listed. */
  private async isAlike(ctx: StepContext<LocationAuditInput>, id: string): Promise<boolean> {
    const { business } = ctx.input;
    try {
      const live = await this.calls.company(ctx, (access, call) => this.ghl.getLocation(access, id, call));
      return isSecond(business, live);
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return false;
      throw error;
    }
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
