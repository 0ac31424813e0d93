import { z } from 'zod';
import { saga } from '../../engine/runs/index.js';
import { BusinessProfile, CustomValue, NewTeamMember, SnapshotDecision } from './provisioning.schema.js';
import { ApplyCustomValues } from './steps/apply-custom-values.step.js';
import { AwaitSnapshotLoad } from './steps/await-snapshot-load.step.js';
import { ChooseSnapshot } from './steps/choose-snapshot.step.js';
import { CreateLocation } from './steps/create-location.step.js';
import { InviteUsers } from './steps/invite-users.step.js';
import { VerifyLocation } from './steps/verify-location.step.js';
import type { ProvisioningInput } from './provisioning-input.js';

export const provisioningInput: z.ZodType<ProvisioningInput> = z.object({
  connectionId: z.uuid(),
  business: BusinessProfile,
  snapshot: SnapshotDecision,
  customValues: z.array(CustomValue),
  users: z.array(NewTeamMember),
  adoptLocationId: z.string().nullable(),
  planHash: z.string(),
  requestHash: z.string(),
});

/** What provisioning is. Names of steps are stored: never rename one. */
export const provisioningSaga = saga('provisioning', {
  version: 1,
  input: provisioningInput,
  steps: [ChooseSnapshot, CreateLocation, AwaitSnapshotLoad, ApplyCustomValues, InviteUsers, VerifyLocation],
  retry: { retries: 8, baseMs: 2_000, capMs: 600_000 },
});
