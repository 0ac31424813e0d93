import { Injectable } from '@nestjs/common';
import { done, type Step, type StepContext } from '../../../engine/runs/index.js';
import { GhlPort, type GhlSnapshot } from '../../../integrations/ghl/index.js';
import { AppError } from '../../../platform/errors/index.js';
import { SnapshotsService } from '../../snapshots/index.js';
import { GhlCalls } from '../ghl-calls.js';
import type { ProvisioningInput } from '../provisioning-input.js';

export interface ChosenSnapshot {
  snapshotId: string | null;
  name: string | null;
}

/** The snapshot was decided in the plan; this makes sure that HighLevel still has it before anything is made. */
@Injectable()
export class ChooseSnapshot implements Step<ProvisioningInput, ChosenSnapshot> {
  static readonly step = 'choose-snapshot';
  static readonly title = 'Choose the snapshot';
  static readonly repeat = 'at-once';

  constructor(
    private readonly ghl: GhlPort,
    private readonly calls: GhlCalls,
    private readonly snapshots: SnapshotsService,
  ) {}

  async run(ctx: StepContext<ProvisioningInput>) {
    const { snapshot } = ctx.input;
    if (snapshot.id === null) return done<ChosenSnapshot>({ snapshotId: null, name: null });
    const found =
      (await this.seenLately(ctx, snapshot.id)) ?? (await this.listed(ctx)).find(({ id }) => id === snapshot.id);
    if (!found)
      throw new AppError(
        'gone',
        'snapshot-gone',
        `HighLevel no longer has the snapshot “${snapshot.name}”. Plan again with another one.`,
      );
    ctx.log('info', 'Snapshot chosen', {
      name: found.name,
      chosenBy: snapshot.chosenBy,
      confidence: snapshot.confidence,
      ...(snapshot.note && { note: snapshot.note }),
    });
    return done<ChosenSnapshot>(
      { snapshotId: found.id, name: found.name },
      { evidence: { reasons: snapshot.reasons } },
    );
  }

  /** The jobs of a batch share a list for a minute: each for itself, they would spend a call of each job on it. */
  private async seenLately({ tenant, queue, input }: StepContext<ProvisioningInput>, id: string) {
    return queue === 'bulk' ? this.snapshots.seenLately(tenant, input.connectionId, id) : undefined;
  }

  private async listed(ctx: StepContext<ProvisioningInput>): Promise<GhlSnapshot[]> {
    const listed = await this.calls.company(ctx, (access, call) => this.ghl.listSnapshots(access, call));
    await this.snapshots.noteListed(ctx.tenant, ctx.input.connectionId, listed);
    return listed;
  }
}
