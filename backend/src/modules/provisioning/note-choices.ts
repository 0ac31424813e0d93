import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { FeedbackService, type Intake, LoadsService } from '../snapshots/index.js';
import type { BusinessProfile, SnapshotDecision } from './provisioning.schema.js';

interface BegunOne {
  jobId: string;
  business: BusinessProfile;
  snapshot: SnapshotDecision;
}

/** What provisioning tells the snapshot library when it begins: what will be loaded, and what was chosen over what. */
@Injectable()
export class NoteChoices {
  constructor(
    private readonly loads: LoadsService,
    private readonly feedback: FeedbackService,
  ) {}

  async note(tx: Tx, by: string, begun: readonly BegunOne[]): Promise<void> {
    const loads = begun.flatMap(({ jobId, snapshot: { id } }) => (id === null ? [] : [{ jobId, snapshotId: id }]));
    if (loads.length > 0) await this.loads.note(tx, loads);
    const choices = begun.flatMap(({ jobId, business, snapshot: { id, name, recommended } }) =>
      recommended ? [{ jobId, intake: intakeOf(business), recommended, chosen: { id, name } }] : [],
    );
    if (choices.length > 0) await this.feedback.note(tx, by, choices);
  }
}

/** What of a business tells which snapshot fits it. */
export const intakeOf = (business: BusinessProfile): Intake => {
  const { name, industry, description, services, goals, city, country } = business;
  return { name, industry, description, services, goals, city, country };
};
