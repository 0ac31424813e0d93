import { z } from 'zod';

const Check = z.object({ status: z.enum(['up', 'degraded', 'down']), detail: z.string().optional() });

/** Which parts are up. Degraded: something is away without which the rest works. The same shape for 200 and 503, so that a probe needs to know one. */
export const HealthReport = z
  .object({ status: z.enum(['ok', 'degraded', 'error']), checks: z.record(z.string(), Check) })
  .meta({ id: 'HealthReport' });
export type HealthReport = z.output<typeof HealthReport>;
