import type { BusinessProfile, CustomValue, NewTeamMember, SnapshotDecision } from './provisioning.schema.js';

/** Everything a run needs, decided when its plan was approved. */
export interface ProvisioningInput {
  connectionId: string;
  business: BusinessProfile;
  snapshot: SnapshotDecision;
  customValues: CustomValue[];
  users: NewTeamMember[];
  /** Take over this sub-account instead of making one. */
  adoptLocationId: string | null;
  planHash: string;
  /** Hash of the request as it came, to tell a repeated request from another one with the same key. */
  requestHash: string;
}

/** Where the id of a sub-account of ours is recorded. */
export const createLocationStep = 'create-location';
