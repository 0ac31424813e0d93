import { Injectable } from '@nestjs/common';
import { done, type Step, type StepContext, type UndoResult } from '../../../engine/runs/index.js';
import { GhlPort } from '../../../integrations/ghl/index.js';
import { AppError } from '../../../platform/errors/index.js';
import { GhlCalls } from '../ghl-calls.js';
import type { ProvisioningInput } from '../provisioning-input.js';
import { valueKey } from '../provisioning.schema.js';
import { valuesToWrite, type ValueWrite } from '../values-to-write.js';
import { CreateLocation } from './create-location.step.js';

export interface AppliedValues {
  written: number;
  alreadyRight: number;
}

type Before = Record<string, string | null>;

/** Calls under way at once: a sub-account's own budget is 100 per 10 seconds. */
const atOnce = 4;

/** Writes custom values by name, after the load: snapshots bring the names and leave them empty. Looks before it writes, so it may be repeated. */
@Injectable()
export class ApplyCustomValues implements Step<ProvisioningInput, AppliedValues> {
  static readonly step = 'apply-custom-values';
  static readonly title = 'Write custom values';
  static readonly repeat = 'after-settling';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { customValues } = ctx.input;
    if (customValues.length === 0) return done<AppliedValues>({ written: 0, alreadyRight: 0 });
    const { locationId } = ctx.outputOf(CreateLocation);
    const live = await this.calls.location(ctx, locationId, (access, call) =>
      this.ghl.listCustomValues(access, locationId, call),
    );
    const writes = valuesToWrite(customValues, live);
    await this.noteBefore(ctx, writes);
    const right = customValues.length - writes.length;
    await this.writeAll(ctx, locationId, writes, right);
    ctx.log('info', 'Custom values written', { written: writes.length, alreadyRight: right });
    return done<AppliedValues>({ written: writes.length, alreadyRight: right }, { externalId: locationId });
  }

  /**
   * Takes away what was added and puts back what was changed; what somebody changed since is left to them. The values of a
   * sub-account that we made go with it.
   */
  async undo(ctx: StepContext<ProvisioningInput>): Promise<UndoResult> {
    const before = (ctx.noted['before'] ?? {}) as Before;
    if (Object.keys(before).length === 0) return { kind: 'undone' };
    const { locationId, adopted } = ctx.outputOf(CreateLocation);
    if (!adopted) return { kind: 'undone', evidence: { goWith: locationId } };
    const wanted = new Map(ctx.input.customValues.map(({ name, value }) => [valueKey(name), value]));
    const live = await this.calls.location(ctx, locationId, (access, call) =>
      this.ghl.listCustomValues(access, locationId, call),
    );
    const left: string[] = [];
    for (const { id, name, value } of live) {
      const was = before[valueKey(name)];
      if (was === undefined || value === was) continue;
      if (value !== wanted.get(valueKey(name))) left.push(name);
      else if (was === null) await this.remove(ctx, locationId, id);
      else
        await this.calls.location(ctx, locationId, (access, call) =>
          this.ghl.updateCustomValue(access, locationId, id, { name, value: was }, call),
        );
    }
    return { kind: 'undone', evidence: { leftBecauseChangedSince: left } };
  }

  /** Before the first write, once: what a later look finds may be our own work already. */
  private async noteBefore(ctx: StepContext<ProvisioningInput>, writes: ValueWrite[]): Promise<void> {
    const known = (ctx.noted['before'] ?? {}) as Before;
    const added = Object.fromEntries(
      writes.filter(({ name }) => !(valueKey(name) in known)).map(({ name, was }) => [valueKey(name), was ?? null]),
    );
    if (Object.keys(added).length > 0) await ctx.note({ before: { ...added, ...known } });
  }

  private async writeAll(
    ctx: StepContext<ProvisioningInput>,
    locationId: string,
    writes: ValueWrite[],
    alreadyRight: number,
  ): Promise<void> {
    const total = writes.length + alreadyRight;
    for (let begin = 0; begin < writes.length; begin += atOnce) {
      const batch = writes.slice(begin, begin + atOnce);
      const ended = await Promise.allSettled(batch.map((write) => this.write(ctx, locationId, write)));
      refuseFailed(ended.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])));
      await ctx.progress(alreadyRight + begin + batch.length, total, batch.at(-1)!.name);
    }
  }

  private write(ctx: StepContext<ProvisioningInput>, locationId: string, { id, name, value }: ValueWrite) {
    return this.calls.location(ctx, locationId, (access, call) =>
      id
        ? this.ghl.updateCustomValue(access, locationId, id, { name, value }, call)
        : this.ghl.createCustomValue(access, locationId, { name, value }, call),
    );
  }

  private async remove(ctx: StepContext<ProvisioningInput>, locationId: string, id: string): Promise<void> {
    try {
      await this.calls.location(ctx, locationId, (access, call) =>
        this.ghl.deleteCustomValue(access, locationId, id, call),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
    }
  }
}

/** Of several failures the one that leaves most open decides: an unknown outcome must be settled before anything else. */
function refuseFailed(failures: unknown[]): void {
  const unknown = failures.find((failure) => !(failure instanceof AppError) || failure.kind === 'unknown-outcome');
  if (unknown ?? failures[0]) throw unknown ?? failures[0];
}
