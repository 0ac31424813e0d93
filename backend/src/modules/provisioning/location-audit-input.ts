import { z } from 'zod';
import { BusinessProfile } from './provisioning.schema.js';

export const LocationAuditInput = z.object({
  connectionId: z.uuid(),
  locationId: z.string(),
  business: BusinessProfile,
  /** Sub-accounts that were there before ours. */
  before: z.array(z.string()),
  createdAt: z.iso.datetime(),
});
export type LocationAuditInput = z.output<typeof LocationAuditInput>;
