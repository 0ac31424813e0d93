import { z } from 'zod';
import { JobSummary, RunState } from '../../engine/runs/runs.schema.js';
import { ProviderMode } from '../ghl-oauth/ghl-oauth.schema.js';

export const DashboardQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(90).default(14) });
export type DashboardQuery = z.output<typeof DashboardQuery>;

export const Dashboard = z
  .object({
    cards: z.object({
      subAccounts: z.number().int(),
      running: z.number().int(),
      waiting: z.number().int(),
      attention: z.number().int(),
      /** Share of ended jobs that ended well, in the period; null without any. */
      successRate: z.number().min(0).max(1).nullable(),
      medianDurationMs: z.number().nullable(),
    }),
    byState: z.array(z.object({ state: RunState, count: z.number().int() })),
    /** Jobs by the day they were started (UTC) and their present state. */
    overTime: z.array(z.object({ day: z.iso.date(), counts: z.partialRecord(RunState, z.number().int()) })),
    connection: z.object({
      status: z.enum(['active', 'reconnect', 'disconnected', 'none']),
      companyName: z.string().nullable(),
      mode: ProviderMode,
      /** How often HighLevel refused calls for its rate limit in the last day; each time calls pause for a moment. */
      rateIncidents: z.object({ count: z.number().int(), lastAt: z.iso.datetime().nullable() }),
    }),
    attention: z.array(JobSummary),
    recent: z.array(JobSummary),
  })
  .meta({ id: 'Dashboard' });
export type Dashboard = z.output<typeof Dashboard>;
