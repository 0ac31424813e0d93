import { z } from 'zod';

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Settings of an agency. Each has a default, so that a new agency needs none. */
export const AgencySettings = z
  .object({
    agencyName: z.string().trim().min(1, 'must not be empty').max(200),
    /** Below this confidence a recommended snapshot is left to a person. */
    recommendationThreshold: z.number().min(0).max(1),
    /** How many calls to a language model the agency pays for on one day of UTC; 0 asks none. */
    modelBudgetPerDay: z.number().int().min(0).max(1_000_000),
    /** Role that new sub-account users get when none is given. */
    defaultUserRole: z.enum(['admin', 'user']),
    timezone: z.string().max(60).refine(isTimeZone, 'must be a time zone such as America/Chicago'),
  })
  .meta({ id: 'AgencySettings' });
export type AgencySettings = z.output<typeof AgencySettings>;

export const SettingsView = z
  .object({
    settings: AgencySettings,
    version: z.string(),
    updatedAt: z.iso.datetime().nullable(),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'Settings' });
export type SettingsView = z.output<typeof SettingsView>;

export const ChangeSettings = z
  .strictObject(AgencySettings.partial().shape)
  .extend({ /** The version that was read, so that nobody's change is lost. */ version: z.string().max(100) })
  .meta({ id: 'ChangeSettings' });
export type ChangeSettings = z.output<typeof ChangeSettings>;
