import { z } from 'zod';

const runId = z.uuid();
/** The last line the viewer has; the next one it gets is the one after it. */
const after = z.coerce.number().int().min(0).max(2_147_483_647);

export const WatchRun = z.strictObject({ runId, after: after.default(0) });
export type WatchRun = z.output<typeof WatchRun>;

export const UnwatchRun = z.strictObject({ runId });
export type UnwatchRun = z.output<typeof UnwatchRun>;

export const WatchJobs = z.strictObject({});
export type WatchJobs = z.output<typeof WatchJobs>;

export const WatchBatches = z.strictObject({});
export type WatchBatches = z.output<typeof WatchBatches>;

export const FollowJob = z.strictObject({ after: after.optional() });
export type FollowJob = z.output<typeof FollowJob>;
